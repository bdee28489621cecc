"""Song generation: decoder, samplers, song forms and rhyme."""
