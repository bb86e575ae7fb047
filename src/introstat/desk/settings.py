"""How the desk runs: secure unless somebody decides otherwise, embedded database unless one is named.

INTROSTAT_HOME            where all state lies (default `var/`)
INTROSTAT_DATABASE_URL    postgres://user:password@host:port/name instead of the embedded SQLite
INTROSTAT_SECRET_KEY      signs sessions; by default a file among the keys, made when the home is prepared
INTROSTAT_HOSTS           names the desk answers to, with commas between (default: this machine only)
INTROSTAT_HTTPS           `0` where the desk is tried without a certificate, on this machine
"""

from __future__ import annotations

import os

from introstat.storage.databases import database
from introstat.storage.home import Home
from introstat.storage.keys import secret_key

HOME = Home.from_environment()
HTTPS = os.environ.get("INTROSTAT_HTTPS", "1") != "0"

SECRET_KEY = secret_key(HOME.keys)
DEBUG = False
ALLOWED_HOSTS = [host for host in os.environ.get("INTROSTAT_HOSTS", "localhost,127.0.0.1,[::1]").split(",") if host]

INSTALLED_APPS = [
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.sessions",
    "introstat.storage.apps.StorageConfig",
]
DATABASES = {"default": database(HOME.database, os.environ.get("INTROSTAT_DATABASE_URL", ""))}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
]
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = 8 * 60 * 60
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_SAMESITE = "Strict"
SESSION_COOKIE_SECURE = HTTPS
CSRF_COOKIE_SECURE = HTTPS
SECURE_SSL_REDIRECT = HTTPS
SECURE_HSTS_SECONDS = 365 * 24 * 60 * 60 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = HTTPS
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"

LANGUAGE_CODE = "nb"
LANGUAGES = [("nb", "Bokmål"), ("nn", "Nynorsk"), ("en", "English")]
TIME_ZONE = "Europe/Oslo"
USE_TZ = True
USE_I18N = True
