"""What holds whatever anybody tries: the sentences of docs/security.md, each with its attacks."""

INVARIANTS = {
    "default-branch": "Workflows, actions, settings and code are the default branch's. A pull request contributes "
    "data, which is read through the API at one commit and never run.",
    "no-shell": "No title, branch, file name or model name becomes part of a shell command, of a path outside of the "
    "submission, or of another step's output.",
    "people": "Only a person with write permission starts an evaluation, by a comment of their own as they first "
    "wrote it, by a label, or by hand.",
    "commit": "What was approved is one commit and one revision of the model, 40 hex digits each. Every zone looks "
    "again; a push in between stops the run.",
    "identity": "Whose evaluation a run is comes from GitHub's own record of the run, never from what the run left.",
    "sandbox": "A model is evaluated without a network, without a token, and with nothing to write to but its own "
    "output folder.",
    "limits": "Time, memory, processes and disk of an evaluation are bounded, and nothing of it outlives its end.",
    "no-code": "Pickled weights are never loaded. A model's own code runs only where a maintainer approved that "
    "revision, and then in the sandbox.",
    "fresh": "No job restores what another job kept: no cache, no folder of an earlier run.",
    "artifacts": "What an evaluation left is hostile until it has passed bounds on its size, strict JSON, its schema, "
    "and agreement with the plan.",
    "words": "What others wrote is shown as text: no mention, link, image, tag, command or marker in it acts.",
    "card": "A model's own README stays its owner's: what the bot cannot parse it does not touch.",
}
