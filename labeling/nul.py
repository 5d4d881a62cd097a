"""PostgreSQL's texts hold no NUL character. Serializers refuse it in what they check; here, any query that has one."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse, JsonResponse

from labeling.errors import problem

Answer = Callable[[HttpRequest], HttpResponse]


def refuse_nul(answer: Answer) -> Answer:
    """A middleware: a query with a NUL character is answered by 400."""

    def judge(request: HttpRequest) -> HttpResponse:
        if "%00" in request.META["QUERY_STRING"]:
            refusal = problem(400, "invalid", "The address has a NUL character (%00), which no text has. Take it out.")
            return JsonResponse(refusal.data, status=400, content_type=refusal.content_type)
        return answer(request)

    return judge
