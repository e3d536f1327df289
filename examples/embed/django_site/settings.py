"""As small as settings can be. What the campaign asks for is `transaction_mode` alone."""

import os
import secrets
from pathlib import Path

HERE = Path(__file__).parent

DEBUG = True  # as in a new project: for this machine only
SECRET_KEY = os.environ.get("SECRET_KEY") or secrets.token_hex()  # several processes need the same one
ROOT_URLCONF = "transfers.urls"
INSTALLED_APPS = ["transfers"]
MIDDLEWARE = [
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "transfers.views.Wrong",
]
SESSION_ENGINE = "django.contrib.sessions.backends.signed_cookies"
DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": HERE / "site.db",
        "OPTIONS": {"transaction_mode": "IMMEDIATE"},  # a transaction that reads first could not write after another's commit
    }
}
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {"context_processors": ["django.template.context_processors.request"]},
    }
]
LANGUAGES = [("en", "English"), ("zh-hans", "中文")]
LANGUAGE_CODE = "en"
TIME_ZONE = "UTC"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "handlers": {"console": {"class": "logging.StreamHandler"}},
    "loggers": {"transfers": {"handlers": ["console"], "level": "INFO"}},
}
