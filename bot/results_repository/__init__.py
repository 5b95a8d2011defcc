"""Submit results to a results repository on GitHub: what it lacks, what its rules allow, what the pull request says."""
