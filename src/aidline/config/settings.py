"""Django's settings, from `environment`. There is no debug mode: its error pages show values."""

import os
from pathlib import Path

from aidline.config import sqlite_library  # noqa: F401  (before Django meets a database)
from aidline.config.databases import database
from aidline.config.environment import LANGUAGES as INTERFACE_LANGUAGES
from aidline.config.environment import load
from aidline.config.logs import LOGGING as QUIET_LOGGING
from aidline.config.secret_key import secret_key
from aidline.vault.root import find_source

ENVIRONMENT = load()
SOURCE = Path(__file__).resolve().parent.parent


def _present(*packages: str) -> list[str]:
    return [f"aidline.{name}" for name in packages if (SOURCE / name / "__init__.py").exists()]


# --- keys and media (aidline.vault) ----------------------------------------------------------------------

AIDLINE_ROOT_KEY_SOURCE = find_source(
    file=ENVIRONMENT.root_key_file,
    passphrase=ENVIRONMENT.root_passphrase,
    passphrase_file=ENVIRONMENT.root_passphrase_file,
    credentials=os.environ.get("CREDENTIALS_DIRECTORY"),
)
AIDLINE_DATA = ENVIRONMENT.data
AIDLINE_MEDIA = ENVIRONMENT.media
AIDLINE_SPOOL = ENVIRONMENT.spool

# --- the installation ------------------------------------------------------------------------------------

DEBUG = False
SECRET_KEY = secret_key(ENVIRONMENT, AIDLINE_ROOT_KEY_SOURCE)
ALLOWED_HOSTS = list(ENVIRONMENT.hosts)
CSRF_TRUSTED_ORIGINS = [ENVIRONMENT.public_url]
PUBLIC_URL = ENVIRONMENT.public_url
PRACTICE = ENVIRONMENT.practice
PRIVATE_HOSTS = frozenset(ENVIRONMENT.private_hosts)

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django_htmx",
    "allauth",
    "allauth.account",
    *_present("vault", "audit", "jobs", "centres", "people", "channels", "knowledge", "conversations"),
    *_present(
        "language", "routing", "outreach", "vouchers", "flows", "calls", "gateway", "desk", "portal", "api"
    ),
    *(_present("simulator") if PRACTICE else []),
]

MIDDLEWARE = [
    "aidline.config.headers.HeadersMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.middleware.gzip.GZipMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "aidline.centres.middleware.StaffMiddleware",
]

ROOT_URLCONF = "aidline.config.urls"
WSGI_APPLICATION = "aidline.config.wsgi.application"
APPEND_SLASH = True

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [SOURCE / "config" / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "builtins": ["aidline.config.look"],
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    },
]

# --- rows and files --------------------------------------------------------------------------------------

DATABASES = {"default": database(ENVIRONMENT)}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
ATOMIC_REQUESTS = False

STATIC_URL = "/static/"
STATICFILES_DIRS = [SOURCE / "config" / "static"]
STATIC_ROOT = ENVIRONMENT.data / "static"
SERVED = ENVIRONMENT.process == "web"
WHITENOISE_USE_FINDERS = not SERVED
WHITENOISE_MANIFEST_STRICT = False
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"},  # media goes through aidline.vault
    "staticfiles": {
        "BACKEND": "aidline.config.statics.HashedFiles"
        if SERVED
        else "django.contrib.staticfiles.storage.StaticFilesStorage"
    },
}
# Uploads stay in memory: a temporary file would be a person's photo in the clear on a disk.
FILE_UPLOAD_HANDLERS = ["django.core.files.uploadhandler.MemoryFileUploadHandler"]
FILE_UPLOAD_MAX_MEMORY_SIZE = 30 * 1024 * 1024
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 500

# --- people who work here --------------------------------------------------------------------------------

AUTH_USER_MODEL = "centres.Staff"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.MD5PasswordHasher"  # tests only: argon2 is slow on purpose
    if ENVIRONMENT.process == "test"
    else "django.contrib.auth.hashers.Argon2PasswordHasher"
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*"]
ACCOUNT_USER_MODEL_EMAIL_FIELD = None  # addresses of staff are sealed
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_ADAPTER = "aidline.centres.adapter.AccountAdapter"
ACCOUNT_FORMS = {"login": "aidline.desk.accounts.forms.SignInForm"}
ACCOUNT_RATE_LIMITS = {"login_failed": "10/m/ip,5/5m/key"}
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
LOGOUT_REDIRECT_URL = "/"

SESSION_ENGINE = "aidline.centres.sessions"
SESSION_COOKIE_AGE = 12 * 60 * 60  # a shift; the sign-in page asks again the next day
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = ENVIRONMENT.https
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SECURE = ENVIRONMENT.https
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"

# --- what the browser is told ----------------------------------------------------------------------------

X_FRAME_OPTIONS = "DENY"
SECURE_HSTS_SECONDS = 365 * 24 * 60 * 60 if ENVIRONMENT.https else 0
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = None  # aidline.config.headers says it
SECURE_CROSS_ORIGIN_OPENER_POLICY = None

# --- words and time --------------------------------------------------------------------------------------

LANGUAGE_CODE = ENVIRONMENT.language
LANGUAGES = [
    (
        code,
        {
            "en": "English",
            "fr": "Français",
            "es": "Español",
            "ar": "العربية",
            "uk": "Українська",
            "nl": "Nederlands",
        }[code],
    )
    for code in INTERFACE_LANGUAGES
]
LOCALE_PATHS = [SOURCE / "locale"]
LANGUAGE_COOKIE_HTTPONLY = True
LANGUAGE_COOKIE_SAMESITE = "Lax"
LANGUAGE_COOKIE_SECURE = ENVIRONMENT.https
FORMAT_MODULE_PATH = ["aidline.config.formats"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"

LOGGING = QUIET_LOGGING
