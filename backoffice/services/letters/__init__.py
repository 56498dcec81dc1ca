"""Letters: prepared, validated, made and sent, four acts apart from deciding; and the templates they are made from."""
