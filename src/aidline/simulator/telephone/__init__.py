"""A telephone exchange for practice: calls between the phones of the page, agents' browsers and our `/voice/…`.

It behaves as Twilio does and is spoken to through its look-alike. Everything happens at once, in whoever asks for
it; what takes time is a moment in `due_at`, looked at by `ticking`.
"""
