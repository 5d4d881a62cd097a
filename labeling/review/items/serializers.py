from rest_framework import serializers

from labeling.collection.models import UseCase
from labeling.days import DayField
from labeling.projects.models import Pool, TaskKind
from labeling.review.items.cells import CELLS
from labeling.review.items.filters import AGREEMENTS
from labeling.review.items.of_models import OUTCOMES
from labeling.review.items.references import REFERENCES
from labeling.review.statistics.bins import LENGTHS, SECONDS

KINDS = [TaskKind.COMPARISON, TaskKind.DEMONSTRATION]
ORDERS = ["divided", "newest"]


def _places(bounds: int) -> list[str]:
    return [str(place) for place in range(bounds)]


class ItemsQuerySerializer(serializers.Serializer):
    """Which items; nothing asked, nothing left out."""

    kind = serializers.ChoiceField(choices=KINDS, default=TaskKind.COMPARISON)
    order = serializers.ChoiceField(
        choices=ORDERS, default="divided", help_text="What divides people most first, or what was judged last"
    )
    cursor = serializers.CharField(max_length=100, required=False, allow_blank=True, default="")
    labeler = serializers.CharField(max_length=20, required=False, help_text="Pseudonym: items that this one judged")
    batch = serializers.IntegerField(min_value=1, max_value=2**31 - 1, required=False, help_text="Its number")
    pool = serializers.ChoiceField(choices=Pool.choices, required=False)
    use_case = serializers.ChoiceField(choices=UseCase.choices, required=False)
    language = serializers.CharField(max_length=35, required=False)
    guideline = serializers.IntegerField(min_value=1, max_value=2**31 - 1, required=False, help_text="Its version")
    week = DayField(required=False, help_text="Any day; seven days from it, in the project's time zone")
    flag = serializers.CharField(max_length=100, required=False, help_text="Set on one of its outputs")
    agreement = serializers.ChoiceField(
        choices=_places(AGREEMENTS), required=False, help_text="A tenth, from 0; 10 is full agreement"
    )
    model = serializers.UUIDField(required=False, help_text="An output of this model was judged")
    against = serializers.UUIDField(required=False, help_text="In the same judgment as one of this model; with `model`")
    outcome = serializers.ChoiceField(
        choices=list(OUTCOMES), required=False, help_text="Of `model`'s output beside that of `against`"
    )
    cell = serializers.ChoiceField(
        choices=CELLS, required=False, help_text="What `labeler` and what `with` said of one pair of outputs"
    )
    contradicting = serializers.BooleanField(
        required=False, help_text="A ranking puts an output before one that it rates higher"
    )
    position = serializers.ChoiceField(
        choices=[str(place) for place in range(1, 10)], required=False, help_text="What was shown there was put first"
    )
    length = serializers.ChoiceField(
        choices=_places(len(LENGTHS) - 1), required=False, help_text="A bin of longer by shorter (statistics/bins.py)"
    )
    longer = serializers.ChoiceField(choices=["won", "lost"], required=False, help_text="Of such a pair; with `length`")
    seconds = serializers.ChoiceField(
        choices=_places(len(SECONDS) - 1), required=False, help_text="A bin of active time (statistics/bins.py)"
    )
    constant = serializers.BooleanField(required=False, help_text="Constant comparisons in place of work")
    compared = serializers.BooleanField(
        required=False,
        help_text="Two or more judged them, each as `pool`, `guideline` and so on ask; `week` is that of the last one",
    )
    with_pool = serializers.ChoiceField(
        choices=Pool.choices, required=False, help_text="Somebody else judged them in this pool"
    )
    prompt_set = serializers.CharField(
        max_length=100,
        required=False,
        help_text="Of the project's evaluation, `all` for all prompts: what it counts of this set, and no more",
    )
    accepted = serializers.BooleanField(required=False, help_text="Of accepted batches")
    reference = serializers.ChoiceField(
        choices=REFERENCES, required=False, help_text="They have a reference, or one that those who answered see"
    )
    reference_by = serializers.CharField(max_length=150, required=False, help_text="Username: who set the reference")

    def get_fields(self) -> dict[str, serializers.Field]:
        # A word of Python, so it can be no attribute here.
        other = serializers.CharField(max_length=20, required=False, help_text="Pseudonym: who judged them as well")
        return {**super().get_fields(), "with": other}

    def validate(self, asked: dict) -> dict:
        if asked.get("cell") and not (asked.get("labeler") and asked.get("with")):
            raise serializers.ValidationError({"cell": ["Name two labelers: labeler and with."]})
        if asked.get("against") and not asked.get("model"):
            raise serializers.ValidationError({"against": ["Name the model that it is compared with: model."]})
        if asked.get("outcome") and not asked.get("against"):
            raise serializers.ValidationError({"outcome": ["Name two models: model and against."]})
        if asked.get("longer") and not asked.get("length"):
            raise serializers.ValidationError({"longer": ["Name a bin of length."]})
        return asked


class ShortRankingSerializer(serializers.Serializer):
    labeler = serializers.CharField(help_text="Pseudonym")
    pool = serializers.ChoiceField(choices=Pool.choices)
    active_seconds = serializers.FloatField()
    ranks = serializers.ListField(
        child=serializers.IntegerField(), help_text="Of outputs A, B, C ...; empty of a demonstration"
    )
    overalls = serializers.ListField(child=serializers.IntegerField(allow_null=True))


class ShortPromptSerializer(serializers.Serializer):
    id = serializers.UUIDField()
    use_case = serializers.CharField()
    language = serializers.CharField()


class ShortBatchSerializer(serializers.Serializer):
    id = serializers.UUIDField()
    name = serializers.CharField()
    number = serializers.IntegerField()


class ShortReferenceSerializer(serializers.Serializer):
    by = serializers.CharField(help_text="Username of the researcher who set it")
    at = serializers.DateTimeField()
    shown = serializers.BooleanField(help_text="To the labelers who answered the item")


class ShortItemSerializer(serializers.Serializer):
    task = serializers.UUIDField(source="figures.task_id")
    prompt = ShortPromptSerializer(source="figures.task.prompt")
    excerpt = serializers.CharField(help_text="How its prompt begins")
    batch = ShortBatchSerializer(source="figures.task.batch")
    item = serializers.IntegerField(source="figures.task.position", help_text="Its number in the batch, from 1")
    judged = serializers.IntegerField(source="figures.judged", help_text="By how many labelers")
    agreement = serializers.FloatField(
        source="figures.agreement", allow_null=True, help_text="Of two of them on a pair of outputs; null below two"
    )
    contradicting = serializers.IntegerField(source="figures.contradicting")
    newest = serializers.DateTimeField(source="figures.newest")
    rankings = ShortRankingSerializer(many=True)
    unshown = serializers.IntegerField(help_text="How many more judged it")
    reference = ShortReferenceSerializer(allow_null=True)


class ItemListSerializer(serializers.Serializer):
    results = ShortItemSerializer(many=True)
    next = serializers.CharField(allow_null=True)
    waiting = serializers.IntegerField(
        help_text="Judged items that are not in the list and its order yet; asking again takes more of them in"
    )


class CellsQuerySerializer(ItemsQuerySerializer):
    """The same filters; `labeler` and `with` are needed, `cell` is not asked."""

    def validate(self, asked: dict) -> dict:
        missing = {name: ["Name two labelers."] for name in ("labeler", "with") if not asked.get(name)}
        if missing:
            raise serializers.ValidationError(missing)
        return super().validate(asked) | {"cell": None}


class CellSerializer(serializers.Serializer):
    cell = serializers.ChoiceField(choices=CELLS, help_text="What `labeler` and what `with` said of a pair of outputs")
    pairs = serializers.IntegerField(help_text="Pairs of outputs")
    items = serializers.IntegerField(help_text="Items with such a pair, which the filter `cell` finds")


class CellListSerializer(serializers.Serializer):
    results = CellSerializer(many=True)
