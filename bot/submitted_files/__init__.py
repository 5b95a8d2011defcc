"""The files of a submission, read at one commit of a pull request as data."""
