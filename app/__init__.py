"""Question to cited answer, and the surfaces people ask on."""
