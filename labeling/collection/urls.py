from django.urls import path

from labeling.collection.views import assignments, batches, home, prompts, questions

urlpatterns = [
    path("home", home.HomeView.as_view(), name="home"),
    path("projects/<uuid:project_id>/prompts/import", prompts.PromptImportView.as_view(), name="prompt-import"),
    path("projects/<uuid:project_id>/imports", prompts.PromptImportListView.as_view(), name="imports"),
    path("projects/<uuid:project_id>/prompts", prompts.PromptListView.as_view(), name="prompts"),
    path("prompts/<uuid:prompt_id>", prompts.PromptView.as_view(), name="prompt"),
    path("projects/<uuid:project_id>/overview", prompts.OverviewView.as_view(), name="overview"),
    path("projects/<uuid:project_id>/batches", batches.PublishView.as_view(), name="publish"),
    path("batches", batches.BatchListView.as_view(), name="batches"),
    path("batches/<uuid:batch_id>", batches.BatchView.as_view(), name="batch"),
    path("batches/<uuid:batch_id>/items", batches.ItemListView.as_view(), name="items"),
    path("projects/<uuid:project_id>/tasks/next", assignments.NextTaskView.as_view(), name="next-task"),
    path("assignments", assignments.AssignmentListView.as_view(), name="assignments"),
    path("assignments/<uuid:assignment_id>", assignments.AssignmentView.as_view(), name="assignment"),
    path("assignments/<uuid:assignment_id>/draft", assignments.DraftView.as_view(), name="draft"),
    path("assignments/<uuid:assignment_id>/heartbeat", assignments.HeartbeatView.as_view(), name="heartbeat"),
    path("assignments/<uuid:assignment_id>/submit", assignments.SubmitView.as_view(), name="submit"),
    path("assignments/<uuid:assignment_id>/undo", assignments.UndoView.as_view(), name="undo"),
    path("assignments/<uuid:assignment_id>/skip", assignments.SkipView.as_view(), name="skip"),
    path("assignments/<uuid:assignment_id>/release", assignments.ReleaseView.as_view(), name="release"),
    path("assignments/<uuid:assignment_id>/questions", questions.AskView.as_view(), name="ask"),
    path("questions", questions.OwnQuestionListView.as_view(), name="own-questions"),
    path("questions/<uuid:question_id>", questions.QuestionView.as_view(), name="question"),
    path("questions/<uuid:question_id>/messages", questions.QuestionMessageView.as_view(), name="question-messages"),
    path("questions/<uuid:question_id>/read", questions.QuestionReadView.as_view(), name="question-read"),
    path("questions/<uuid:question_id>/publication", questions.PublicationView.as_view(), name="publication"),
    path("questions/<uuid:question_id>/promote", questions.PromotionView.as_view(), name="promote"),
    path("projects/<uuid:project_id>/questions", questions.ProjectQuestionListView.as_view(), name="questions"),
    path("projects/<uuid:project_id>/answers", questions.AnswerListView.as_view(), name="answers"),
]
