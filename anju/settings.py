"""The one settings file. Server settings come from the environment; company policy is data.

ANJU_DATA    folder of the embedded database, files and secrets
ANJU_PORT    port of the web address on the loopback interface (default 8000)
ANJU_URL     public address, for labels and mails (default http://127.0.0.1:PORT)
DATABASE_URL any PostgreSQL >= 15 instead of the embedded one
ANJU_DATABASE another database of that server (the tests' own)
ANJU_LIVE_URL where browsers find the live process (default: the page's host, ANJU_PORT + 1)
ANJU_SMTP_URL the mail server, smtp(s)://user:password@host:port?from=address
ANJU_WEBHOOK_NETWORKS private networks webhooks may reach, for example 10.1.2.0/24
"""

import os
from pathlib import Path

from django.utils.translation import gettext_lazy as _

from anju.foundation.server.connections import databases
from anju.foundation.server.data_dir import DataDir, data_dir_path

PACKAGE = Path(__file__).resolve().parent
DATA = data_dir_path(os.environ)
PORT = int(os.environ.get("ANJU_PORT", "8000"))
URL = os.environ.get("ANJU_URL", f"http://127.0.0.1:{PORT}").rstrip("/")
LIVE_URL = os.environ.get("ANJU_LIVE_URL", "").rstrip("/")
LIVE_PORT = PORT + 1
SMTP_URL = os.environ.get("ANJU_SMTP_URL", "")
WEBHOOK_NETWORKS = os.environ.get("ANJU_WEBHOOK_NETWORKS", "")
PUSH_NETWORKS = ""  # none inside: addresses of push services come from browsers

DEBUG = False
SECRET_KEY = DataDir(DATA).key("django")
ALLOWED_HOSTS = ["*"] if os.environ.get("ANJU_ANY_HOST") else [
    "127.0.0.1", "localhost", "[::1]", URL.split("//", 1)[-1].split("/")[0].split(":")[0],
]  # fmt: skip
CSRF_TRUSTED_ORIGINS = [URL]

INSTALLED_APPS = [
    "django.contrib.staticfiles",
    "django_htmx",
    "anju.foundation.tenancy",
    "anju.foundation.events",
    "anju.foundation.files",
    "anju.foundation.access",
    "anju.foundation.entries",
    "anju.foundation.places",
    "anju.foundation.people",
    "anju.foundation.registry",
    "anju.foundation.messages",
    "anju.foundation.calendars",
    "anju.foundation.kit",
    "anju.engine.forms",
    "anju.engine.procedures",
    "anju.engine.standards",
    "anju.engine.library",
    "anju.engine.clocks",
    "anju.engine.loop",
    "anju.engine.offline",
    "anju.engine.plans",
    "anju.domains.intake",
    "anju.domains.requests",
    "anju.domains.rounds",
    "anju.domains.answers",
    "anju.domains.ledgers",
    "anju.domains.emergency",
    "anju.domains.community",
    "anju.domains.promises",
    "anju.domains.documents",
    "anju.domains.staff",
    "anju.faces.console",
    "anju.faces.console.accounts",
    "anju.faces.console.registry",
    "anju.faces.console.outbox",
    "anju.faces.console.start",
    "anju.faces.portal",
    "anju.faces.field",
]
MIDDLEWARE = [
    "anju.faces.middleware.logged",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "anju.faces.middleware.Pressed",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "anju.faces.middleware.PagePolicy",
    "django_htmx.middleware.HtmxMiddleware",
    "anju.faces.middleware.Known",
]
ROOT_URLCONF = "anju.faces.urls"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "anju.foundation.kit.looks.looks",
                "anju.faces.console.shell.shell",
            ],
        },
    }
]
DATABASES = databases(os.environ, name=os.environ.get("ANJU_DATABASE"))
DATABASES["default"]["ENGINE"] = "anju.foundation.tenancy.postgres"
# Hot paths are planned once per connection (tenancy.acting.prepared); Django's own are not touched.
DATABASES["default"]["OPTIONS"]["prepare_threshold"] = 5
DATABASE_ROUTERS: list[str] = []
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

PASSWORD_HASHERS = ["anju.foundation.access.hasher.Argon2id"]
LANGUAGE_CODE = "zh-hans"
LANGUAGES = [
    ("zh-hans", _("Simplified Chinese")),
    ("zh-hant", _("Traditional Chinese")),
    ("en", _("English")),
]
LOCALE_PATHS = [p for p in (PACKAGE / "locale", PACKAGE.parent / "locale") if p.is_dir()]
LANGUAGE_COOKIE_NAME = "anju_language"
TIME_ZONE = "UTC"
USE_TZ = True

STATIC_URL = "/static/"
STATIC_ROOT = DATA / "static"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "anju.foundation.kit.storage.NamedOnce"},
}
FILES_ROOT = DATA / "files"
DATA_UPLOAD_MAX_MEMORY_SIZE = 12 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2000

SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
X_FRAME_OPTIONS = "DENY"
CSRF_COOKIE_HTTPONLY = True
CSRF_FAILURE_VIEW = "anju.foundation.kit.views.csrf_failure"
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SECURE = URL.startswith("https://")
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'self'"],
        "script-src": ["'self'"],
        "style-src": ["'self'"],
        "img-src": ["'self'", "data:", "blob:"],
        "connect-src": [
            "'self'",
            *(
                [LIVE_URL]
                if LIVE_URL
                else [
                    f"{URL.partition(':')[0]}://{host}:{LIVE_PORT}"
                    for host in ALLOWED_HOSTS
                    if "[" not in host
                ]
            ),
        ],
        "frame-ancestors": ["'none'"],
        "base-uri": ["'none'"],
        "form-action": ["'self'"],
        "object-src": ["'none'"],
    }
}
LOGGING_CONFIG = "anju.faces.logs.configure"
LOGGING = {"level": "INFO"}
SILENCED_SYSTEM_CHECKS: list[str] = []
