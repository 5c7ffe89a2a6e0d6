"""Telling people who are not on a page: by mail, by signed webhook, in another help desk."""
