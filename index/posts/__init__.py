"""One post file to one record: walking, front matter, body, source link."""
