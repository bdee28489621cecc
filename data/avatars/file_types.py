"""Recognize the format of a file by its first bytes, and files to skip by their names."""

from pathlib import PurePosixPath

HEAD_BYTES = 32  # number of bytes that `picture_format` looks at
# The only decoders that Pillow may use. Others, such as those for PSD and EPS, have had
# vulnerabilities, and faces are rarely stored in such formats.
FORMATS = ("PNG", "JPEG", "WEBP", "GIF", "BMP", "TIFF", "AVIF")
HEIF = "HEIF"  # read if pillow-heif is installed
FORMAT_NAMES = "PNG, JPEG, WebP, GIF, BMP, TIFF or AVIF"
PICTURE_SUFFIXES = (
    *(".png", ".apng", ".jpg", ".jpeg", ".jfif", ".jpe", ".webp", ".gif", ".bmp"),
    *(".tif", ".tiff", ".avif", ".heic", ".heif", ".hif"),
    # Not supported, but reported as pictures in other formats. Files such as .psd are ignored.
    *(".ppm", ".pgm", ".pbm", ".tga", ".jp2", ".jxl", ".ico"),
)
TABLE_SUFFIXES = (".csv", ".tsv", ".json", ".jsonl")
OFFICE_SUFFIXES = (".xlsx", ".xls", ".ods", ".numbers")

_SIGNATURES = {
    b"\x89PNG\r\n\x1a\n": "PNG",
    b"\xff\xd8\xff": "JPEG",
    b"GIF8": "GIF",
    b"BM": "BMP",
    b"II*\0": "TIFF",
    b"MM\0*": "TIFF",
}
_AVIF_BRANDS = (b"avif", b"avis")
_HEIF_BRANDS = (b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1")
_ARCHIVES = {
    b"PK\x03\x04": "zip",
    b"PK\x05\x06": "zip",
    b"\x1f\x9d": ".Z",
    b"7z\xbc\xaf\x27\x1c": ".7z",
    b"Rar!": ".rar",
}
_SYSTEM_NAMES = ("__macosx", "@eadir", "thumbs.db", "ehthumbs.db", "desktop.ini", "icon\r")
_THUMBNAIL_FOLDERS = ("thumbnails", "thumbs", "thumbnail")


def picture_format(head: bytes) -> str | None:
    """Return Pillow's name for the format of a picture.

    Args:
        head: The first HEAD_BYTES bytes of the file.

    Returns:
        One of FORMATS, HEIF, or None for anything else.
    """
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return "WEBP"
    if head[4:8] == b"ftyp":
        # HEIF and AVIF files share some brands, so look for those of AVIF first.
        brands = [head[8:12], *(head[i : i + 4] for i in range(16, len(head) - 3, 4))]
        if any(brand in _AVIF_BRANDS for brand in brands):
            return "AVIF"
        return HEIF if any(brand in _HEIF_BRANDS for brand in brands) else None
    return next((kind for start, kind in _SIGNATURES.items() if head.startswith(start)), None)


def archive_format(head: bytes) -> str | None:
    """Return "zip", the suffix of an unsupported archive format, or None for other files."""
    return next((kind for start, kind in _ARCHIVES.items() if head.startswith(start)), None)


def is_picture_name(name: str) -> bool:
    """Return whether a file has the suffix of a picture."""
    return name.lower().endswith(PICTURE_SUFFIXES)


def is_office_name(name: str) -> bool:
    """Return whether a file is a spreadsheet; it may contain labels but cannot be read."""
    return name.lower().endswith(OFFICE_SUFFIXES)


def is_table_name(name: str) -> bool:
    """Return whether a file may contain labels."""
    return name.lower().endswith(TABLE_SUFFIXES)


def reason_to_skip(name: str) -> str | None:
    """Return why a file is skipped because of its name.

    Args:
        name: Path of the file inside the folder or archive.

    Returns:
        A key of `data.avatars.skipped.KINDS`, or None if the file is not skipped.
    """
    parts = [part.lower() for part in PurePosixPath(name).parts]
    if any(part.startswith(".") or part in _SYSTEM_NAMES for part in parts):
        return "system"
    if any(part in _THUMBNAIL_FOLDERS for part in parts[:-1]):
        return "thumbnail"
    return None
