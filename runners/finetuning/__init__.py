"""Fine-tuning: the data of a config become training files, FlagEmbedding trains on them, and what came of it is measured."""
