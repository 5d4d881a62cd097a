"""The Celery app. Tasks carry ids only; what they mean is read again from Postgres."""

import os

from celery import Celery
from django.conf import settings

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "labeling.settings")
app = Celery("labeling")
app.conf.update(settings.CELERY)
app.autodiscover_tasks()
