"""Where closes come from when no file is named: feeds, the archive, its revisions."""
