"""A small repository with workflows that say what the harness is to do with each."""

from collections.abc import Mapping

_CHECKOUT = "actions/checkout@3d3c42e5aac5ba805825da76410c181273ba90b1"
_PYTHON = "actions/setup-python@5fda3b95a4ea91299a34e894583c3862153e4b97"
_UPLOAD = "actions/upload-artifact@bbbca2ddaa5d8feaa63e36b76fdaad77386f024f"
_DOWNLOAD = "actions/download-artifact@3e5f45b2cfb9172054b4087a40e8e0b5a5461e7c"

_SPEAK = f"""\
name: speak
run-name: "speak #${{{{ github.event.issue.number }}}} ${{{{ github.event.comment.body }}}}"
on:
  issue_comment: {{types: [created]}}
permissions: {{}}
jobs:
  read:
    runs-on: ubuntu-latest
    permissions: {{contents: read}}
    steps:
      - uses: {_CHECKOUT}
        with: {{persist-credentials: false}}
      - name: Say
        env: {{GITHUB_TOKEN: "${{{{ github.token }}}}"}}
        run: |
          cat said; git log -1 --format=%H
          bash tools/post.sh "$GITHUB_TOKEN" "statuses/$GITHUB_SHA" '{{"state": "success"}}'
  write:
    needs: read
    runs-on: ubuntu-latest
    permissions: {{statuses: write}}
    steps:
      - uses: {_CHECKOUT}
      - name: Say
        env: {{GITHUB_TOKEN: "${{{{ github.token }}}}"}}
        run: |
          bash tools/post.sh "$GITHUB_TOKEN" "statuses/$GITHUB_SHA" '{{"state": "success"}}'
"""
_POST = """\
curl --silent --output answer --write-out '%{http_code}\\n' --request POST --header "Authorization: Bearer $1" \\
  --data "$3" "$GITHUB_API_URL/repos/$GITHUB_REPOSITORY/$2"
"""
_STEPS = """\
name: steps
run-name: "steps ${{ inputs.what }}"
on:
  workflow_dispatch:
    inputs:
      what: {required: true, type: string}
      script: {default: "true", type: string}
      shards: {default: "[1]", type: string}
permissions: {}
concurrency:
  group: steps-${{ inputs.what }}
  cancel-in-progress: ${{ inputs.what == 'newest' }}
jobs:
  plan:
    if: inputs.what != 'nothing'
    runs-on: ubuntu-latest
    outputs: {shards: "${{ steps.plan.outputs.shards }}"}
    steps:
      - id: plan
        env: {SHARDS: "${{ inputs.shards }}"}
        run: test -n "$SHARDS" && echo "shards=$SHARDS" >> "$GITHUB_OUTPUT"
  work:
    needs: plan
    runs-on: [self-hosted, linux, gpu]
    timeout-minutes: 2
    strategy:
      fail-fast: false
      matrix: {shard: "${{ fromJSON(needs.plan.outputs.shards) }}"}
    steps:
      - name: Try
        env: {SCRIPT: "${{ inputs.script }}", SHARD: "${{ matrix.shard }}"}
        run: eval "$SCRIPT"
      - name: Go on
        run: echo went on
      - name: Falter
        continue-on-error: true
        env: {SCRIPT: "${{ inputs.script }}"}
        run: test "$SCRIPT" != "echo falters"
      - name: Tidy up
        if: always()
        run: echo tidied up
      - name: Mourn
        if: failure()
        run: echo mourned
  last:
    needs: work
    runs-on: ubuntu-latest
    steps: [{run: echo last}]
"""
_AFTER = """\
name: after
run-name: "after ${{ github.event.workflow_run.display_title }}: ${{ github.event.workflow_run.conclusion }}"
on:
  workflow_run: {workflows: [steps], types: [completed]}
permissions: {}
jobs:
  say:
    runs-on: ubuntu-latest
    steps: [{run: 'echo "$TITLE"', env: {TITLE: "${{ github.event.workflow_run.display_title }}"}}]
"""
_TURNS = """\
name: turns
run-name: ${{ inputs.who }}
on:
  workflow_dispatch:
    inputs: {who: {required: true, type: string}}
permissions: {}
jobs:
  talk:
    runs-on: ubuntu-latest
    concurrency: {group: "talk-${{ github.event.inputs.room || 'hall' }}", cancel-in-progress: false}
    steps: [{run: 'echo talked'}]
  sum:
    needs: talk
    if: always()
    runs-on: ubuntu-latest
    steps: [{run: 'echo ${{ needs.talk.result }}'}]
"""
_PULL = f"""\
name: pull
on:
  pull_request: {{paths: ["models/**", "!models/**/*.md"]}}
  pull_request_target: {{types: [closed]}}
permissions: write-all
jobs:
  try:
    runs-on: ubuntu-latest
    environment: hub
    steps:
      - uses: {_CHECKOUT}
      - name: Say
        env: {{HUB: "${{{{ secrets.HF_TOKEN }}}}", COMMON: "${{{{ secrets.COMMON }}}}"}}
        run: echo "$GITHUB_EVENT_NAME on $GITHUB_REF with '${{HUB:+hub}}' and '${{COMMON:+common}}'"
"""
_ARTIFACTS = f"""\
name: artifacts
on: workflow_dispatch
permissions: {{}}
jobs:
  first:
    runs-on: ubuntu-latest
    steps:
      - uses: {_CHECKOUT}
        with: {{persist-credentials: false}}
      - uses: {_PYTHON}
        with: {{python-version: "3.11"}}
      - run: |
          mkdir -p out/deep && echo one > out/one && echo two > out/deep/two && echo no > out/.hidden
          python -c 'import sys, yaml; print("python of", sys.prefix)'; python -m pip --version; touch "$HOME/trace"
      - uses: {_UPLOAD}
        with: {{name: out, path: "out/one\\nout/deep\\n"}}
      - uses: {_UPLOAD}
        with: {{name: nothing, path: none, if-no-files-found: ignore}}
      - run: >-
          curl --silent --request POST --header "X-Temporary: $RUNNER_TEMP" --data x --write-out 'forged %{{http_code}}'
          "http://127.0.0.1:${{PORT:-1}}/artifacts/forged" || true
  second:
    needs: first
    runs-on: ubuntu-latest
    steps:
      - uses: {_DOWNLOAD}
        with: {{name: out, path: in}}
      - run: cd in && cat one deep/two && ls -A "$HOME" .
      - uses: {_UPLOAD}
        with: {{name: out, path: in}}
"""

SAMPLE: Mapping[str, bytes] = {
    f".github/workflows/{name}.yml": text.encode()
    for name, text in {
        "speak": _SPEAK,
        "steps": _STEPS,
        "after": _AFTER,
        "turns": _TURNS,
        "pull": _PULL,
        "artifacts": _ARTIFACTS,
    }.items()
} | {"said": b"main speaks\n", "tools/post.sh": _POST.encode()}
