"""Understanding one another: asking for a language, machine translation, glossary, and people who translate."""
