"""Market reports in prose: from text to the figures of indices that it gives."""
