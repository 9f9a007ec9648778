"""The commands of ``noroshi``, one file each."""
