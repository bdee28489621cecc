"""Songs: tables, tokenizer, vocabulary and the tokenized corpus."""
