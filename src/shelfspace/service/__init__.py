"""The service: a space that answers over HTTP, safely, while its versions change."""
