"""Django's settings: every value that differs between machines comes from the environment.

CONCORD_DATA       the data folder (default: .concord beside manage.py)
DATABASE_URL       a PostgreSQL (behind PgBouncer: pool_mode=session); without it, the embedded one of the data folder
REDIS_URL          a Redis; without it, the embedded one of the data folder
CONCORD_SECRET_KEY Django's secret; without it, one is made at first start and kept in the data folder
CONCORD_HOSTS      comma-separated host names that the site answers to (default: localhost, 127.0.0.1)
CONCORD_ORIGINS    comma-separated https:// origins trusted for CSRF when a proxy ends TLS
CONCORD_HTTPS      true where the site is reached over https only: secure cookies and HSTS
CONCORD_RUNS_AT_ONCE  how many runs one worker supervises at a time (default: 1)
CONCORD_MODEL_ROOTS  colon-separated folders that model and text paths may lie under, besides the data folder
"""

import os
from pathlib import Path
from typing import Any

from csp.constants import NONCE, NONE, SELF
from environs import Env

from labeling.embedded import connection_urls
from labeling.secret import read_or_make_secret

env = Env()
BASE_DIR = Path(__file__).resolve().parent.parent
DATA_DIR = Path(env.str("CONCORD_DATA", str(BASE_DIR / ".concord"))).resolve()
RUNS_DIR = DATA_DIR / "runs"
SNAPSHOTS_DIR = DATA_DIR / "snapshots"
UPLOADS_DIR = DATA_DIR / "uploads"
MODEL_ROOTS = [DATA_DIR, BASE_DIR / "labeling" / "demo"] + [
    Path(root).resolve() for root in env.str("CONCORD_MODEL_ROOTS", "").split(":") if root
]

SECRET_KEY = env.str("CONCORD_SECRET_KEY", "") or read_or_make_secret(DATA_DIR)
DEBUG = False
HTTPS = env.bool("CONCORD_HTTPS", False)
ALLOWED_HOSTS = env.list("CONCORD_HOSTS", ["localhost", "127.0.0.1", "[::1]"])
CSRF_TRUSTED_ORIGINS: list[str] = env.list("CONCORD_ORIGINS", [])

_embedded_database, _embedded_redis = connection_urls(DATA_DIR)
DATABASES = {"default": env.dj_db_url("DATABASE_URL", _embedded_database, conn_max_age=60, conn_health_checks=True)}
REDIS_URL = env.str("REDIS_URL", _embedded_redis)

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "rest_framework",
    "drf_spectacular",
    "axes",
    "csp",
    "labeling.accounts",
    "labeling.projects",
    "labeling.registry",
    "labeling.collection",
    "labeling.review",
    "labeling.datasets",
    "labeling.runs",
    "labeling.demo",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "labeling.nul.refuse_nul",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "axes.middleware.AxesMiddleware",
]
ROOT_URLCONF = "labeling.urls"
WSGI_APPLICATION = "labeling.wsgi.application"
TEMPLATES: list[dict[str, Any]] = [
    {"BACKEND": "django.template.backends.django.DjangoTemplates", "DIRS": [], "APP_DIRS": True}
]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# People
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "django.contrib.auth.backends.ModelBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
AXES_FAILURE_LIMIT = 10
AXES_COOLOFF_TIME = 0.25  # hours
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_RESET_ON_SUCCESS = True
SESSION_COOKIE_AGE = 14 * 24 * 3600
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = HTTPS
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SECURE = HTTPS

# Headers
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
SECURE_HSTS_SECONDS = 31536000 if HTTPS else 0
SECURE_SSL_REDIRECT = False  # the proxy's work
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if HTTPS else None
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        # Mantine adds <style> elements at run time; they carry the page's nonce, so no unsafe-inline is needed.
        "style-src": [SELF, NONCE],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "manifest-src": [SELF],
        "worker-src": [SELF],
        "base-uri": [NONE],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    }
}

# The API
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "labeling.accounts.authentication.BearerTokenAuthentication",
        "rest_framework.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["labeling.parsers.BoundedJSONParser"],
    "DEFAULT_PAGINATION_CLASS": "labeling.pagination.CursorPagination",
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "EXCEPTION_HANDLER": "labeling.errors.problem_details",
    "PAGE_SIZE": 50,
    "URL_FORMAT_OVERRIDE": None,  # there is one renderer, and downloads have formats of their own
    "UNAUTHENTICATED_USER": "django.contrib.auth.models.AnonymousUser",
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Concord",
    "DESCRIPTION": "Human judgment into better language models. Errors are RFC 9457 problem details.",
    "VERSION": "1",
    "OAS_VERSION": "3.1.0",
    "SERVE_INCLUDE_SCHEMA": False,
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "SCHEMA_PATH_PREFIX_TRIM": False,
    "COMPONENT_SPLIT_REQUEST": True,
    "ENUM_GENERATE_CHOICE_DESCRIPTION": False,
    "ENUM_NAME_OVERRIDES": {
        "RoleEnum": "labeling.accounts.models.Role",
        "PoolEnum": "labeling.projects.models.Pool",
        "ProjectPurposeEnum": "labeling.projects.models.Purpose",
        "PanelPoolEnum": "labeling.review.evaluation.settings.PANEL_POOLS",
        "SplitEnum": "labeling.collection.models.Split",
        "UseCaseEnum": "labeling.collection.models.UseCase",
        "WritingSortEnum": "labeling.collection.models.WritingSort",
        "SensitiveCategoryEnum": "labeling.projects.sensitive.SensitiveCategory",
        "TaskKindEnum": "labeling.projects.models.TaskKind",
        "TaskPurposeEnum": "labeling.collection.models.TaskPurpose",
        "TaskStatusEnum": "labeling.collection.models.TaskStatus",
        "ReasonEnum": "labeling.collection.models.SkipReason",
        "ChosenReasonEnum": "labeling.collection.curate.choose.REASONS",
        "BatchStatusEnum": "labeling.collection.models.BatchStatus",
        "AssignmentStateEnum": "labeling.collection.models.AssignmentState",
        "ImportStatusEnum": "labeling.collection.models.ImportStatus",
        "SnapshotKindEnum": "labeling.datasets.models.SnapshotKind",
        "DecisionEnum": "labeling.review.models.Decision",
        "RiskSignalEnum": "labeling.review.desk.serializers.SIGNALS",
        "FreezeStatusEnum": "labeling.datasets.models.FreezeStatus",
        "RunKindEnum": "labeling.runs.models.RunKind",
        "RunStatusEnum": "labeling.runs.models.RunStatus",
        "ModelKindEnum": "labeling.registry.models.ModelKind",
        "ModelStatusEnum": "labeling.registry.models.ModelStatus",
    },
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024  # one JSON body
FILE_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
UPLOAD_MAX_BYTES = env.int("CONCORD_UPLOAD_MAX_BYTES", 256 * 1024 * 1024)
APPEND_SLASH = False

# The front end: built by Vite into frontend/dist, served with far-future caching because names carry hashes
FRONTEND_DIST = BASE_DIR / "frontend" / "dist"
STATIC_URL = "/static/"
WHITENOISE_ROOT = FRONTEND_DIST if FRONTEND_DIST.exists() else None

# The broker only wakes workers; the truth of a run is its row (see runs/)
CELERY = {
    "broker_url": REDIS_URL.replace("unix://", "redis+socket://", 1),  # kombu's name for a socket
    "task_ignore_result": True,
    "task_acks_late": False,
    "worker_prefetch_multiplier": 1,
    "task_default_queue": "runs",
    # Supervisors only wait, so threads do; and a worker that is told to end can tell them (runs/tasks.py).
    "worker_pool": "threads",
    "worker_concurrency": env.int("CONCORD_RUNS_AT_ONCE", 1),
    "worker_disable_prefetch": True,  # what a busy worker cannot start is left to a free one
    "broker_transport_options": {"socket_connect_timeout": 3, "socket_timeout": 30},
    "broker_connection_retry_on_startup": True,
    "worker_hijack_root_logger": False,
}
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}

SILENCED_SYSTEM_CHECKS = ["auth.W004"]  # user names are unique whatever their case, by a constraint

LANGUAGE_CODE = "en"
TIME_ZONE = "UTC"
USE_TZ = True
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s: %(message)s"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": os.environ.get("CONCORD_LOG_LEVEL", "WARNING")},
}
