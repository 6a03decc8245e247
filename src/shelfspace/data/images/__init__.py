"""Photos: decoded once at the edge, within limits, to one size; near-duplicates by perceptual hash."""

from shelfspace.data.images.decode import Frame, decode_photo, decode_whole
from shelfspace.data.images.limits import PhotoLimits
from shelfspace.data.images.near_hashes import near_hashes
from shelfspace.data.images.near_photos import near_photos
from shelfspace.data.images.photo_hashes import photo_hashes
from shelfspace.data.images.photos import Photos
from shelfspace.data.images.read_photos import Source, read_photos

__all__ = [
    "Frame",
    "PhotoLimits",
    "Photos",
    "Source",
    "decode_photo",
    "decode_whole",
    "near_hashes",
    "near_photos",
    "photo_hashes",
    "read_photos",
]
