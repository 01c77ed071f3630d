#!/bin/sh
# Looks up the digest of every image in kustomization.yaml and writes it there: sh workflow-templates/pin-images.sh
# Needs skopeo, and the rights to read the images. What cannot be looked up keeps its version, and is named; then the exit
# code is 1. Run it again after each change of a version or a mirror.
set -euf
LC_ALL=C
export LC_ALL

file=${1:-$(dirname "$0")/kustomization.yaml}
command -v skopeo > /dev/null || { echo 'skopeo is not on the PATH; install the package skopeo' >&2; exit 2; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# One line for each image: its logical name, where it is and its version.
awk '
  /^[a-z]/ { inside = ($1 == "images:") }
  inside && $1 == "-" && $2 == "name:" { name = $3 }
  inside && $1 == "newName:" { where = $2 }
  inside && $1 == "newTag:" { gsub(/["\047]/, "", $2); print name, where, $2 }' "$file" > "$work/images"
[ -s "$work/images" ] || { echo "$file names no images" >&2; exit 2; }

failed=0
: > "$work/digests"
while read -r name where version; do
  if skopeo inspect --raw "docker://$where:$version" > "$work/manifest" 2> "$work/why" < /dev/null \
    && digest=$(skopeo manifest-digest "$work/manifest") \
    && printf '%s\n' "$digest" | grep -qE '^sha256:[0-9a-f]{64}$'; then
    echo "$name $digest" >> "$work/digests"
    echo "$name: $where:$version is $digest"
  else
    failed=1
    echo "$name: the digest of $where:$version could not be looked up, so its version stands:" >&2
    sed 's/^/    /' "$work/why" >&2
  fi
done < "$work/images"

# A digest that was looked up before stays only while its version does, which stands behind it.
awk '
  FILENAME == ARGV[1] { digest[$1] = $2; next }
  /^[a-z]/ { inside = ($1 == "images:") }
  inside && $1 == "-" && $2 == "name:" { name = $3 }
  inside && $1 == "digest:" {
    if (!(name in digest) && $0 ~ ("# of " version "$")) print
    next
  }
  { print }
  inside && $1 == "newTag:" {
    version = $2
    gsub(/["\047]/, "", version)
    if (name in digest) print "    digest: " digest[name] " # of " version
  }' "$work/digests" "$file" > "$work/kustomization.yaml"
cat "$work/kustomization.yaml" > "$file"
exit "$failed"
