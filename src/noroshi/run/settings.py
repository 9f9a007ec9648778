"""Django's view of the settings; `noroshi.run.configuration` is where they are read."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import unquote, urlsplit

from csp.constants import NONE, SELF

from noroshi.run import configuration, logs

NOROSHI = configuration.load()

logs.configure(NOROSHI.log_level, NOROSHI.log_format)

SECRET_KEY = NOROSHI.secret_key
DEBUG = False
SITE = urlsplit(NOROSHI.site_url)
ALLOWED_HOSTS = ["localhost", "127.0.0.1", "[::1]", SITE.hostname or "localhost"]
USE_TZ = True
TIME_ZONE = NOROSHI.time_zone
LANGUAGE_CODE = NOROSHI.language
LANGUAGES = [("en", "English"), ("ja", "日本語")]
LOCALE_PATHS = [Path(__file__).parent / "locale"]
LOGGING_CONFIG = None  # structlog writes the logs
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
DATABASES = {"default": {**NOROSHI.database, "CONN_MAX_AGE": 900, "CONN_HEALTH_CHECKS": True}}
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": NOROSHI.cache,
    }
    if NOROSHI.cache
    else {
        "BACKEND": "noroshi.run.counting.CountingCache",
        "LOCATION": str(NOROSHI.data / "cache"),
        "OPTIONS": {"MAX_ENTRIES": 20_000},
    }
}
INSTALLED_APPS = [
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "noroshi.edge.web",  # before allauth, whose pages it dresses
    "django_htmx",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "csp",
    "noroshi.hub.audit",
    "noroshi.hub.todo",
    "noroshi.hub.identity",
    "noroshi.hub.members",
    "noroshi.hub.knowledge",
    "noroshi.hub.inventory",
    "noroshi.hub.intel",
    "noroshi.hub.matching",
    "noroshi.hub.notices",
    "noroshi.hub.dispatch",
    "noroshi.hub.reports",
    "noroshi.run",
]

# --- the site ---

ROOT_URLCONF = "noroshi.run.urls"
WSGI_APPLICATION = "noroshi.run.wsgi.application"
MIDDLEWARE = [
    "noroshi.run.metrics.MetricsMiddleware",
    "noroshi.run.proxies.ProxyMiddleware",
    "noroshi.run.readings.ReadingMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "noroshi.run.headers.HeadersMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",  # below what tells the browser how to behave
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "noroshi.edge.web.signin.guard.GuardMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "noroshi.edge.web.frame.frame",
            ],
            "builtins": ["django.templatetags.i18n", "noroshi.edge.web.templatetags.page"],
        },
    }
]
STATIC_URL = "/static/"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
WHITENOISE_USE_FINDERS = True
WHITENOISE_MAX_AGE = 3600
WHITENOISE_ALLOW_ALL_ORIGINS = False
DATA_UPLOAD_MAX_MEMORY_SIZE = 2_500_000  # bytes of a form without its files
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2000
FILE_UPLOAD_HANDLERS = [
    "noroshi.edge.web.receiving.ReceivingHandler",
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "django.core.files.uploadhandler.TemporaryFileUploadHandler",
]

# --- who is there ---

AUTH_USER_MODEL = "members.Person"
AUTHENTICATION_BACKENDS = ["noroshi.edge.web.signin.backend.Backend"]
PASSWORD_RESET_TIMEOUT = 3 * 86400  # seconds
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"
LOGOUT_REDIRECT_URL = "account_login"
SESSION_ENGINE = "noroshi.edge.web.signin.store"
SESSION_COOKIE_AGE = NOROSHI.session_hours * 3600
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "noroshi.edge.web.trouble.forgery"
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_TRUSTED_ORIGINS = [NOROSHI.site_url]
LANGUAGE_COOKIE_HTTPONLY = True
LANGUAGE_COOKIE_SAMESITE = "Lax"

SIGN_IN_FORMS = "noroshi.edge.web.signin.forms"
ACCOUNT_ADAPTER = "noroshi.edge.web.signin.adapter.Adapter"
ACCOUNT_FORMS = {
    "change_password": f"{SIGN_IN_FORMS}.ChangePassword",
    "login": f"{SIGN_IN_FORMS}.SignIn",
    "reauthenticate": f"{SIGN_IN_FORMS}.Confirm",
    "reset_password": f"{SIGN_IN_FORMS}.Forgotten",
    "reset_password_from_key": f"{SIGN_IN_FORMS}.SetPassword",
    "user_token": f"{SIGN_IN_FORMS}.Token",
}
ACCOUNT_USER_DISPLAY = "noroshi.edge.web.signin.adapter.display"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]  # nobody signs up; the sign-in takes its fields
ACCOUNT_EMAIL_VERIFICATION = "none"  # who takes part, and at which address, is the hub's to say
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = True
ACCOUNT_PASSWORD_RESET_TOKEN_GENERATOR = "django.contrib.auth.tokens.PasswordResetTokenGenerator"  # noqa: S105 - a class, that of signin.invitation
ACCOUNT_RATE_LIMITS = {"login_failed": "20/m/ip,5/5m/key"}
MFA_ADAPTER = "noroshi.edge.web.signin.adapter.SecondFactor"
MFA_FORMS = {
    "activate_totp": f"{SIGN_IN_FORMS}.SetUpApp",
    "add_webauthn": f"{SIGN_IN_FORMS}.AddKey",
    "authenticate": f"{SIGN_IN_FORMS}.Code",
    "authenticate_webauthn": f"{SIGN_IN_FORMS}.Key",
    "edit_webauthn": f"{SIGN_IN_FORMS}.RenameKey",
    "login_webauthn": f"{SIGN_IN_FORMS}.Passkey",
    "reauthenticate": f"{SIGN_IN_FORMS}.ConfirmCode",
    "reauthenticate_webauthn": f"{SIGN_IN_FORMS}.ConfirmKey",
}
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_ALLOW_UNVERIFIED_EMAIL = True  # as ACCOUNT_EMAIL_VERIFICATION
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_RECOVERY_CODES_SHOW_ONCE = True
MFA_TOTP_ISSUER = "Noroshi"
MFA_TOTP_TOLERANCE = 1  # a clock that is half a minute off; no code is taken twice
USERSESSIONS_ADAPTER = "noroshi.edge.web.signin.adapter.Sessions"

# --- what the browser is told ---

SECURE = SITE.scheme == "https"
SECURE_HSTS_SECONDS = 31_536_000 if SECURE else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE
SECURE_SSL_REDIRECT = SECURE
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if NOROSHI.proxies else None
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$", r"^metrics$"]
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = SECURE
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
    }
}

# --- what leaves ---

DEFAULT_FROM_EMAIL = SERVER_EMAIL = NOROSHI.mail_from
EMAIL_TIMEOUT = 20  # seconds
MAIL = urlsplit(NOROSHI.mail)
EMAIL_BACKEND = f"django.core.mail.backends.{'smtp' if NOROSHI.mail else 'dummy'}.EmailBackend"
EMAIL_HOST = MAIL.hostname or ""
EMAIL_PORT = MAIL.port or (465 if MAIL.scheme == "smtps" else 25)
EMAIL_HOST_USER, EMAIL_HOST_PASSWORD = unquote(MAIL.username or ""), unquote(MAIL.password or "")
EMAIL_USE_SSL = MAIL.scheme == "smtps"
EMAIL_USE_TLS = "starttls" in MAIL.query
