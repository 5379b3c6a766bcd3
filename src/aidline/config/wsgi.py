"""Django, for `bridge` or for any WSGI server that an operator prefers for pages."""

import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "aidline.config.settings")

from aidline.config import sqlite_library  # noqa: F401, E402  (before Django meets a database)
from django.core.wsgi import get_wsgi_application  # noqa: E402

application = get_wsgi_application()
