"""The behavior of well-known static hosts, according to their documentation and responses."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

TEXT = frozenset({".html", ".css", ".js", ".json", ".svg", ".txt", ".csv", ".tsv"})
REVALIDATE = {"*": "public, max-age=0, must-revalidate"}
MONTH = "max-age=2592000"
ISOLATED = {
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Embedder-Policy": "require-corp",
    "Cross-Origin-Resource-Policy": "cross-origin",
}


@dataclass(frozen=True)
class Host:
    """How a host answers.

    Args:
        index: Which folders are answered with their index.html: "everywhere", "root" or "nowhere".
        clean_urls: Whether it "accepts" /lyrics for lyrics.html, "redirects" to it, or "adds a slash"
            and redirects to /lyrics/.
        unknown: The status for unknown addresses and for folders without an index.
        error_pages: (file, status) pairs; the first file that exists answers unknown addresses.
        jekyll: Whether names with a leading "_" or "." are left out unless there is a .nojekyll.
        refused: Suffixes that are answered with 404.
        media_types: Content-Type by suffix, where it differs from `MEDIA_TYPES`.
        compressed: Suffixes that are sent with gzip.
        cache_control: Cache-Control by suffix; "*" is for all others.
        headers: Additional headers of all answers.
        ranges: Whether parts of files can be requested.
    """

    index: str = "everywhere"
    clean_urls: str = ""
    unknown: int = 404
    error_pages: tuple[tuple[str, int], ...] = ()
    jekyll: bool = False
    refused: frozenset[str] = frozenset()
    media_types: Mapping[str, str] = field(default_factory=dict)
    compressed: frozenset[str] = frozenset()
    cache_control: Mapping[str, str] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    ranges: bool = False


HOSTS = {
    "github-pages": Host(
        clean_urls="accepts",
        error_pages=(("404.html", 404),),
        jekyll=True,
        media_types={".js": "application/javascript; charset=utf-8"},
        compressed=TEXT | {".wasm"},
        cache_control={"*": "max-age=600"},
        headers={"Access-Control-Allow-Origin": "*", "Vary": "Accept-Encoding"},
        ranges=True,
    ),
    "netlify": Host(
        error_pages=(("404.html", 404),),
        compressed=TEXT | {".wasm"},
        cache_control=REVALIDATE,
        headers={"Vary": "Accept-Encoding"},
        ranges=True,
    ),
    "cloudflare-pages": Host(
        clean_urls="redirects",
        error_pages=(("404.html", 404), ("index.html", 200)),
        media_types={".js": "application/javascript"},
        compressed=TEXT | {".wasm"},
        cache_control=REVALIDATE,
        headers={"Access-Control-Allow-Origin": "*", "X-Content-Type-Options": "nosniff"},
    ),
    "s3": Host(
        index="nowhere",
        unknown=403,
        media_types={".webp": "binary/octet-stream"},
        headers={"Vary": "Origin, Access-Control-Request-Headers"},
        ranges=True,
    ),
    "s3-cloudfront": Host(
        index="root",
        unknown=403,
        media_types={".webp": "binary/octet-stream"},
        compressed=TEXT | {".wasm"},
        headers={"Vary": "Accept-Encoding, Origin", "Age": "3600"},
        ranges=True,
    ),
    "nginx": Host(
        media_types={".js": "application/javascript", ".tsv": "application/octet-stream"},
        compressed=TEXT,
        cache_control={".js": MONTH, ".css": MONTH, ".svg": MONTH, ".webp": MONTH},
        headers={"Vary": "Accept-Encoding"},
        ranges=True,
    ),
    "apache": Host(
        # MultiViews finds the folder lyrics/ for /lyrics before lyrics.html
        media_types={".js": "application/javascript"},
        compressed=TEXT,
        headers={"Vary": "Accept-Encoding"},
        ranges=True,
    ),
    "iis": Host(
        refused=frozenset({".wasm", ".webp", ""}),
        media_types={".js": "application/javascript", ".csv": "application/octet-stream"},
        compressed=TEXT,
        headers={"Vary": "Accept-Encoding"},
        ranges=True,
    ),
    "itch": Host(
        index="nowhere",
        unknown=403,
        compressed=TEXT | {".wasm"},
        cache_control={"*": "max-age=600"},
        headers=ISOLATED,
        ranges=True,
    ),
    "http.server": Host(),
}
# hosts that nobody should publish on
HOSTS["trailing-slash"] = replace(HOSTS["cloudflare-pages"], clean_urls="adds a slash")
HOSTS["jenkins"] = replace(
    HOSTS["http.server"],
    headers={
        "Content-Security-Policy": "sandbox; default-src 'none'; img-src 'self'; style-src 'self';"
    },
)
HOSTS["netlify-pretty-urls"] = replace(HOSTS["netlify"], clean_urls="accepts")
# with the web.config of docs/publishing.md
HOSTS["iis-configured"] = replace(HOSTS["iis"], refused=frozenset())
