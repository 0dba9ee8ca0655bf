#!/bin/sh
# Anchorwatch gate for any pipeline: gate.sh PLAN [OPTIONS OF anchorwatch gate…]
#
# PLAN is what “terraform plan -out=PLAN” wrote. Its JSON holds secrets in clear text: it goes through a pipe and is never on a disk.
# Exit status: 0 pass, 2 blocked, anything else: nobody can tell, which is never a yes.
set -eu

if [ "$#" -lt 1 ]; then
  echo "usage: gate.sh PLAN [OPTIONS OF anchorwatch gate...]" >&2
  exit 1
fi
plan=$1
shift

# A pipe has the status of its last part only. Where the first one fails, the second gets no plan, and says no.
"${TERRAFORM:-terraform}" show -json "$plan" | "${ANCHORWATCH:-anchorwatch}" gate --plan - "$@"
