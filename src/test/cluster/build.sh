#!/usr/bin/env bash
# Builds the parts of Kubernetes that the cluster tests start: build.sh FOLDER
#
# They come from their Go modules. k8s.io/kubernetes is no module that others may depend on as it is: it takes its
# libraries from folders beside it, whose published versions have the same number below v0. So a module of our own
# requires it and names each of them. Minutes on a cold machine; nothing to do when FOLDER has this version.
set -euo pipefail

readonly KUBERNETES=1.33.13
readonly PARTS=(kube-apiserver kube-controller-manager kubectl)

folder=${1:?the folder for the programs}
mkdir -p "$folder"
folder=$(cd "$folder" && pwd)
made="$KUBERNETES ${PARTS[*]}"
if [ "$(cat "$folder/version" 2>/dev/null)" = "$made" ]; then
	exit 0
fi

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

go mod init image-factory.test/cluster 2>/dev/null
manifest=$(go mod download -json "k8s.io/kubernetes@v$KUBERNETES" | sed -n 's/.*"GoMod": "\(.*\)".*/\1/p')
go mod edit -require "k8s.io/kubernetes@v$KUBERNETES"
sed -n 's|^[[:space:]]*\(k8s\.io/[a-z0-9-]*\) v0\.0\.0\( .*\)\{0,1\}$|\1|p' "$manifest" | sort -u | while read -r library; do
	go mod edit -replace "$library=$library@v0.${KUBERNETES#1.}"
done
{
	printf '//go:build tools\n\npackage tools\n\n'
	printf 'import _ "k8s.io/kubernetes/cmd/%s"\n' "${PARTS[@]}"
} >tools.go
go mod tidy

version=k8s.io/component-base/version
stamp="-s -w -X $version.gitVersion=v$KUBERNETES -X $version.gitMajor=${KUBERNETES%%.*}"
minor=${KUBERNETES#*.}
stamp="$stamp -X $version.gitMinor=${minor%%.*}"
for part in "${PARTS[@]}"; do
	CGO_ENABLED=0 go build -ldflags "$stamp" -o "$folder/$part" "k8s.io/kubernetes/cmd/$part"
done
printf '%s\n' "$made" >"$folder/version"
