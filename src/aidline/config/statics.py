"""Scripts and styles by hashed names, those that our scripts import too: fetched once, kept for good."""

from whitenoise.storage import CompressedManifestStaticFilesStorage

_OURS = ("desk", "portal", "simulator")
# Django's own patterns for `import … from "./x.js"`. For all files they stop at a comment in a file of htmx.
_IMPORTS = CompressedManifestStaticFilesStorage._js_module_import_aggregation_patterns[1]  # noqa: SLF001


class HashedFiles(CompressedManifestStaticFilesStorage):  # type: ignore[misc]  # whitenoise is untyped
    patterns = (
        *CompressedManifestStaticFilesStorage.patterns,
        *((f"{package}/*.js", _IMPORTS) for package in _OURS),
    )
