from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from labeling.registry.models import ModelKind, ModelVersion
from labeling.runs.models import Metric, Run, RunInput, RunKind, RunSample, RunStatus
from labeling.runs.outputs_file import PROJECT
from training.config import PRESETS


@extend_schema_field({"type": ["string", "number", "boolean"]})
class SettingValueField(serializers.JSONField):
    """A setting's value; the trainer's own description says of which type."""


class SettingSerializer(serializers.Serializer):
    name = serializers.CharField()
    type = serializers.ChoiceField(choices=["integer", "number", "boolean", "string"])
    default = SettingValueField()
    minimum = serializers.FloatField(allow_null=True)
    maximum = serializers.FloatField(allow_null=True)
    choices = serializers.ListField(child=serializers.CharField())
    help = serializers.CharField()
    paper = serializers.CharField(help_text="What the paper used; empty where it has no such setting")


class InputFormSerializer(serializers.Serializer):
    name = serializers.CharField()
    required = serializers.BooleanField()  # type: ignore[assignment]
    accepts = serializers.ListField(
        child=serializers.ChoiceField(
            choices=["demonstrations", "comparisons", "prompts", "outputs", "model", "reward_model", "text"]
        )
    )
    help = serializers.CharField()


class KindFormSerializer(serializers.Serializer):
    kind = serializers.ChoiceField(choices=RunKind.choices)
    label = serializers.CharField()  # type: ignore[assignment]
    help = serializers.CharField()
    inputs = InputFormSerializer(many=True)
    settings = serializers.DictField(child=SettingSerializer(many=True), help_text="By preset")


class FormsSerializer(serializers.Serializer):
    presets = serializers.ListField(child=serializers.CharField())
    kinds = KindFormSerializer(many=True)


class NewRunSerializer(serializers.Serializer):
    kind = serializers.ChoiceField(choices=RunKind.choices)
    project = serializers.UUIDField(required=False, allow_null=True, default=None)
    name = serializers.CharField(max_length=120, required=False, allow_blank=True, default="")
    preset = serializers.ChoiceField(choices=PRESETS, required=False, default="tiny")
    settings = serializers.DictField(child=SettingValueField(), required=False, default=dict)
    seed = serializers.IntegerField(required=False, default=0, min_value=0, max_value=2**31 - 1)
    inputs = serializers.DictField(
        child=serializers.CharField(max_length=1000),
        required=False,
        default=dict,
        help_text="By name: the id of a snapshot, a model or a run, or a path on the server",
    )


class StageSettingsSerializer(serializers.Serializer):
    sft = serializers.DictField(child=SettingValueField(), required=False)
    rm = serializers.DictField(child=SettingValueField(), required=False)
    ppo = serializers.DictField(child=SettingValueField(), required=False)
    sample = serializers.DictField(child=SettingValueField(), required=False)


class NewChainSerializer(serializers.Serializer):
    project = serializers.UUIDField()
    base = serializers.UUIDField(help_text="The model to start from")
    preset = serializers.ChoiceField(choices=PRESETS, required=False, default="tiny")
    seed = serializers.IntegerField(required=False, default=0, min_value=0, max_value=2**31 - 1)
    settings = StageSettingsSerializer(required=False, default=dict)
    pretrain = serializers.CharField(
        max_length=1000, required=False, allow_blank=True, default="", help_text="A path to plain text, for SFT and PPO"
    )


class RunEstimateSerializer(serializers.Serializer):
    rows = serializers.IntegerField(allow_null=True)
    tokens = serializers.IntegerField(allow_null=True)
    steps = serializers.IntegerField(allow_null=True)
    flops = serializers.FloatField(allow_null=True, help_text="Floating-point operations")
    memory = serializers.IntegerField(
        allow_null=True, help_text="Bytes that each of its processes takes at its peak, about; not known without models"
    )
    seconds = serializers.FloatField(allow_null=True)
    notes = serializers.ListField(child=serializers.CharField())


class RunInputSerializer(serializers.ModelSerializer[RunInput]):
    """`label` is what a person reads: the snapshot's, model's or run's name, or the path's last part."""

    snapshot = serializers.UUIDField(source="snapshot_id", read_only=True, allow_null=True)
    model = serializers.UUIDField(source="model_id", read_only=True, allow_null=True)
    from_run = serializers.UUIDField(source="from_run_id", read_only=True, allow_null=True)
    from_run_status = serializers.ChoiceField(
        source="from_run.status", choices=RunStatus.choices, read_only=True, allow_null=True, default=None
    )
    label = serializers.SerializerMethodField()  # type: ignore[assignment]

    class Meta:
        model = RunInput
        fields = ["name", "snapshot", "model", "from_run", "from_run_status", "path", "label"]
        read_only_fields = fields

    def get_label(self, entry: RunInput) -> str:
        if entry.snapshot:
            return entry.snapshot.name
        if entry.model:
            return entry.model.name
        if entry.from_run:
            return f"output of {entry.from_run.name}"
        if entry.path.startswith(PROJECT):
            return "the project's outputs"
        return entry.path.rsplit("/", 1)[-1]


class RunOutputSerializer(serializers.ModelSerializer[ModelVersion]):
    kind = serializers.ChoiceField(choices=ModelKind.choices, read_only=True)

    class Meta:
        model = ModelVersion
        fields = ["id", "name", "kind"]
        read_only_fields = fields


class CostSerializer(serializers.Serializer):
    """Counted step by step by the trainer: training/account.py says what counts."""

    runs = serializers.IntegerField()
    processed_tokens = serializers.IntegerField()
    flops = serializers.FloatField()
    petaflop_s_days = serializers.FloatField(help_text="The paper: 4.9 for SFT and 60 for PPO-ptx of 175B parameters")
    device_hours = serializers.FloatField()


class NewHaltSerializer(serializers.Serializer):
    why = serializers.CharField(max_length=500, help_text="What is wrong; the run's page and its model's card say it")


class ResumeSerializer(serializers.Serializer):
    although_halted = serializers.BooleanField(
        required=False, default=False, help_text="A halted run goes on only where this is chosen"
    )


class RunHaltSerializer(serializers.Serializer):
    title = serializers.CharField()
    detail = serializers.CharField()
    step = serializers.IntegerField(help_text="The last one that was seen before")
    at = serializers.DateTimeField()


class RunErrorSerializer(serializers.Serializer):
    title = serializers.CharField()
    detail = serializers.CharField()


class AccuracySerializer(serializers.Serializer[Any]):
    """Judged pairs that a reward model orders as the labelers did, with a 95 % interval over prompts."""

    accuracy = serializers.FloatField()
    accuracy_low = serializers.FloatField()
    accuracy_high = serializers.FloatField()
    pairs = serializers.IntegerField()
    prompts = serializers.IntegerField()


class AccuracyPartSerializer(AccuracySerializer):
    part = serializers.CharField(allow_blank=True)
    longer_wins = serializers.FloatField(help_text='What "the longer output wins" would reach')


class CalibrationSerializer(AccuracySerializer):
    at_least = serializers.FloatField(help_text="Of the probability that the scores give to their order")
    below = serializers.FloatField()
    promised = serializers.FloatField(help_text="Its mean")


class RunPartsSerializer(serializers.Serializer[Any]):
    accuracy_by = serializers.DictField(
        child=AccuracyPartSerializer(many=True), help_text="outputs (K), use_case, pool, agreement"
    )
    calibration = CalibrationSerializer(many=True)


class RunSerializer(serializers.ModelSerializer[Run]):
    project = serializers.UUIDField(source="project_id", read_only=True, allow_null=True)
    settings = serializers.DictField(
        child=SettingValueField(), read_only=True, help_text="What differs from the preset"
    )
    error = RunErrorSerializer(read_only=True, allow_null=True)
    halts = RunHaltSerializer(many=True, read_only=True, help_text="Oldest first, also those that it went on from")
    report = serializers.DictField(
        child=serializers.DictField(child=SettingValueField()),
        read_only=True,
        help_text="What it measured, by what it is of: demonstrations, text, comparisons, scores",
    )
    parts = RunPartsSerializer(read_only=True, allow_null=True, help_text="Of a reward model; else null")
    inputs = RunInputSerializer(many=True, read_only=True)
    outputs = RunOutputSerializer(many=True, read_only=True)
    candidates = serializers.IntegerField(read_only=True, help_text="Outputs that it brought in for ranking")
    created_by = serializers.SerializerMethodField()
    cost = CostSerializer(read_only=True, allow_null=True, default=None, help_text="Of one run; null in lists")
    estimate_error = serializers.DictField(
        child=serializers.FloatField(),
        read_only=True,
        default=dict,
        help_text="Once done: what it took over what was foreseen, for flops and seconds",
    )
    latest = serializers.DictField(
        child=serializers.FloatField(allow_null=True), read_only=True, help_text="The newest value of each metric"
    )

    class Meta:
        model = Run
        fields = [
            "id", "name", "project", "kind", "preset", "settings", "seed", "status", "attempt", "step", "steps",
            "error", "halts", "report", "parts", "chain", "inputs", "outputs", "candidates", "created_by", "created_at",
            "started_at", "finished_at", "latest", "cost", "estimate_error",
        ]  # fmt: skip
        read_only_fields = fields

    def get_created_by(self, run: Run) -> str | None:
        return run.created_by.username if run.created_by else None


class ChainSerializer(serializers.Serializer):
    chain = serializers.UUIDField()
    runs = RunSerializer(many=True)


class MetricSerializer(serializers.ModelSerializer[Metric]):
    values = serializers.DictField(child=serializers.FloatField(allow_null=True), read_only=True)

    class Meta:
        model = Metric
        fields = ["step", "time", "attempt", "values"]
        read_only_fields = fields


class MetricListSerializer(serializers.Serializer):
    """`next` is the step to give as `after` for what follows; null at the end."""

    results = MetricSerializer(many=True)
    next = serializers.CharField(allow_null=True)


class SampleMessageSerializer(serializers.Serializer):
    role = serializers.CharField()
    content = serializers.CharField()


class SampleTokenSerializer(serializers.Serializer):
    text = serializers.CharField()
    kl = serializers.FloatField(help_text="log-probability less that of the model that PPO began with, in nats")
    reward = serializers.FloatField(help_text="As PPO learns from it: the KL's penalty, and the score at the end")


class SampleOutputSerializer(serializers.Serializer):
    text = serializers.CharField()
    reward = serializers.FloatField(allow_null=True)
    kl = serializers.FloatField(allow_null=True)
    tokens = SampleTokenSerializer(many=True, help_text="Of PPO; else empty")

    def to_representation(self, instance: Any) -> dict[str, Any]:
        return super().to_representation({"reward": None, "kl": None, "tokens": []} | instance)


class SampleContentSerializer(serializers.Serializer):
    prompt = serializers.CharField(allow_null=True)
    messages = SampleMessageSerializer(many=True)
    outputs = SampleOutputSerializer(many=True)
    start = SampleOutputSerializer(
        allow_null=True, help_text="Of PPO: the answer of the model that it began with, by the same noise"
    )

    def to_representation(self, instance: Any) -> dict[str, Any]:
        return super().to_representation({"start": None} | instance)


class SampleSerializer(serializers.ModelSerializer[RunSample]):
    content = SampleContentSerializer(read_only=True)

    class Meta:
        model = RunSample
        fields = ["step", "index", "content"]
        read_only_fields = fields


class SampleListSerializer(serializers.Serializer):
    """Samples of one step, and every step that has some. `next` and `previous` are to be given as `first`."""

    results = SampleSerializer(many=True)
    steps = serializers.ListField(child=serializers.IntegerField())
    count = serializers.IntegerField(help_text="Prompts of this step")
    next = serializers.CharField(allow_null=True)
    previous = serializers.CharField(allow_null=True)


class LogSerializer(serializers.Serializer):
    text = serializers.CharField()
    truncated = serializers.BooleanField(help_text="Whether the beginning was left out")


class WorkerSerializer(serializers.Serializer):
    name = serializers.CharField()
    queues = serializers.ListField(child=serializers.CharField())
    last_seen_at = serializers.DateTimeField()
    busy_with = serializers.UUIDField(source="busy_with_id", allow_null=True)


class HealthSerializer(serializers.Serializer):
    status = serializers.ChoiceField(choices=["ok", "degraded"])
    database = serializers.BooleanField()
    broker = serializers.BooleanField()
    workers = serializers.IntegerField(help_text="Seen within half a minute")
    worker_list = WorkerSerializer(many=True, required=False, help_text="For admins only")


class LineageNodeSerializer(serializers.Serializer):
    id = serializers.CharField()
    type = serializers.ChoiceField(choices=["candidate", "model", "run", "snapshot", "batch", "project", "path"])
    label = serializers.CharField()  # type: ignore[assignment]
    data = serializers.DictField(child=serializers.JSONField())  # type: ignore[assignment]


LineageEdgeSerializer = type(
    "LineageEdgeSerializer",
    (serializers.Serializer,),
    {
        # `from` is a word of Python, so this class is made by its dictionary.
        "from": serializers.CharField(),
        "to": serializers.CharField(),
        "role": serializers.CharField(),
    },
)


class FirstJudgmentSerializer(serializers.Serializer):
    id = serializers.UUIDField()
    created_at = serializers.DateTimeField()


class LineageSerializer(serializers.Serializer):
    """Edges point from what was used to what was made of it."""

    nodes = LineageNodeSerializer(many=True)
    edges = LineageEdgeSerializer(many=True)
    judgments = serializers.IntegerField()
    labelers = serializers.IntegerField()
    first_judgment = FirstJudgmentSerializer(allow_null=True)
    cost = CostSerializer(allow_null=True, help_text="Of all the runs behind it, each once")
