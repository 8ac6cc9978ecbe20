"""The answer base (知识库): what people ask again and again, and what they are told."""
