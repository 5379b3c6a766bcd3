"""What needs no table: ids, time, phone numbers, text, languages and the one HTTP client."""
