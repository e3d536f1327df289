"""From a file to a definition: YAML with places, shape, references, expressions; every fault at once."""

from workflow.definition.loading.chain import shipped
from workflow.definition.loading.load import document_hash, from_source, load_document, load_file, load_text, read_file

__all__ = ["document_hash", "from_source", "load_document", "load_file", "load_text", "read_file", "shipped"]
