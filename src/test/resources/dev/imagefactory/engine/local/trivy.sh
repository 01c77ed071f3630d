#!/bin/sh
# Stands in for Trivy in tests. What it reports depends on the scanned image alone.
set -u
fatal() { echo "FATAL	Fatal error	$*" >&2; exit 1; }

[ $# -gt 0 ] || fatal "no command"
command=$1
shift
input='' format=table output='' severity=UNKNOWN,LOW,MEDIUM,HIGH,CRITICAL unfixed=yes exit_code=0 exit_on_eol=0
config='' ignorefile='' scanners='' cache='' template='' skip=no report=''
while [ $# -gt 0 ]; do
	name=$1
	shift
	case $name in
		--skip-version-check | --disable-telemetry | --no-progress | --offline-scan | --list-all-pkgs=false) continue ;;
		--skip-db-update | --skip-java-db-update) skip=yes; continue ;;
		--ignore-unfixed) unfixed=no; continue ;;
		--*=*) value=${name#*=}; name=${name%%=*} ;;
		--*) [ $# -gt 0 ] || fatal "flag needs an argument: $name"; value=$1; shift ;;
		*) [ "$command" = convert ] && [ -z "$report" ] || fatal "unknown argument: $name"; report=$name; continue ;;
	esac
	case $name in
		--input) input=$value ;;
		--format) format=$value ;;
		--output) output=$value ;;
		--severity) severity=$value ;;
		--exit-code) exit_code=$value ;;
		--exit-on-eol) exit_on_eol=$value ;;
		--config) config=$value ;;
		--ignorefile) ignorefile=$value ;;
		--scanners) scanners=$value ;;
		--cache-dir) cache=$value ;;
		--template) template=$value ;;
		--cache-backend | --timeout | --db-repository | --java-db-repository) ;;
		*) fatal "unknown flag: $name" ;;
	esac
done

if [ "$command" = version ]; then
	echo '{"Version":"0.74.0","VulnerabilityDB":{"Version":2,"UpdatedAt":"2026-03-01T06:12:45.123456789Z"}}'
	exit 0
fi
[ -z "$(ls -A .)" ] || fatal "the working directory is not empty: $(pwd)"
[ -f "$config" ] && [ ! -s "$config" ] || fatal "no empty --config"
if [ "$command" = convert ]; then
	# Knows no templates: it only looks whether there is one, and writes what ours would.
	number() { grep -o "\"Severity\":\"$1\"" "$report" | wc -l | tr -d ' '; }
	if [ "$format" = template ]; then
		grep -q '^{{- range' "${template#@}" && ! grep -q '\[%\|%\]' "${template#@}" || fatal "template: unexpected text"
		printf '{"databaseAt":"%s","endOfLife":%s,"counts":{"CRITICAL":%d,"HIGH":%d,"LOW":%d,"MEDIUM":%d,"UNKNOWN":%d},"fixable":[]}' \
			"${DATABASE_AT:-}" "$END_OF_LIFE_REACHED" "$(number CRITICAL)" "$(number HIGH)" "$(number LOW)" "$(number MEDIUM)" \
			"$(number UNKNOWN)" > "$output"
	else
		grep -o '"VulnerabilityID":"[^"]*"' "$report" || echo "no findings"
	fi
	exit 0
fi
[ "$command" = image ] || fatal "unknown command: $command"
case $ignorefile in
	*/waivers/*) [ -f "$ignorefile" ] || fatal "no --ignorefile" ;;
	*) [ -f "$ignorefile" ] && [ ! -s "$ignorefile" ] || fatal "no empty --ignorefile" ;;
esac
[ "$scanners" = vuln ] || fatal "not only the vuln scanner: $scanners"
! env | grep -q '^TRIVY_' || fatal "settings came through the environment"

layout=${input%@sha256:*}
digest=${input##*@sha256:}
[ "$layout" != "$input" ] || fatal "no digest in --input"
[ -f "$layout/oci-layout" ] && [ -f "$layout/index.json" ] || fatal "unable to open $layout as an OCI layout"
grep -q "sha256:$digest" "$layout/index.json" || fatal "invalid index: no manifest sha256:$digest"

work=$(mktemp -d) || fatal "no temporary folder"
trap 'rm -rf "$work"' EXIT
blob() {
	path=$layout/blobs/sha256/$1
	[ -f "$path" ] || fatal "blob $1 is missing"
	[ "$(sha256sum < "$path" | cut -d ' ' -f 1)" = "$1" ] || fatal "blob $1 is damaged"
}
blob "$digest"
if [ "$skip" = no ]; then
	mkdir -p "$cache/db"
	echo '{"Version":2,"NextUpdate":"2026-03-02T06:12:45.123456789Z","UpdatedAt":"2026-03-01T06:12:45.123456789Z"}' > "$cache/db/metadata.json"
fi
[ -f "$cache/db/metadata.json" ] || fatal "--skip-db-update cannot be specified on the first run"
tr -d ' \n\t\r' < "$path" | sed -n 's/.*"layers":\[\([^]]*\)\].*/\1/p' |
	grep -o '"digest":"sha256:[0-9a-f]*"' | sed 's/.*sha256:\([0-9a-f]*\)"/\1/' > "$work/layers"
: > "$work/findings"
eosl=false
while read -r layer; do
	blob "$layer"
	tar -tf "$path" > "$work/names" 2>/dev/null || fatal "layer $layer is not a tar archive"
	member=$(grep -E '^(\./|/)?vulnerable\.txt$' "$work/names" | head -n 1)
	[ -z "$member" ] || tar -xOf "$path" "$member" > "$work/findings" 2>/dev/null
	! grep -qE '^(\./|/)?end-of-life$' "$work/names" || eosl=true
	! grep -qE '^(\./|/)?\.wh\.vulnerable\.txt$' "$work/names" || : > "$work/findings"
done < "$work/layers"

if [ -s "$ignorefile" ]; then
	grep -vFf "$ignorefile" "$work/findings" > "$work/left"
	mv "$work/left" "$work/findings"
fi
awk -v wanted=",$severity," -v unfixed="$unfixed" \
	'NF == 5 && index(wanted, "," $5 ",") && (unfixed == "yes" || $4 != "-")' "$work/findings" > "$work/kept"
json() {
	printf '{"SchemaVersion":2,"CreatedAt":"2026-03-01T12:00:00Z","ArtifactName":"%s","ArtifactType":"container_image",' "$input"
	printf '"Metadata":{"OS":{"Family":"none","Name":"1","EOSL":%s}},"Results":[{"Target":"%s","Class":"os-pkgs","Type":"none","Vulnerabilities":[' "$eosl" "$input"
	awk '{
		printf "%s{\"VulnerabilityID\":\"%s\",\"PkgName\":\"%s\",\"InstalledVersion\":\"%s\",", (NR > 1) ? "," : "", $1, $2, $3
		if ($4 == "-") printf "\"Status\":\"affected\","
		else printf "\"FixedVersion\":\"%s\",\"Status\":\"fixed\",", $4
		printf "\"Severity\":\"%s\",\"PrimaryURL\":\"https://avd.example.com/%s\"}", $5, $1
	}' "$work/kept"
	echo ']}]}'
}
table() {
	echo "$input: $(wc -l < "$work/kept") finding(s)"
	awk '{ printf "%-16s %-20s %-12s %-12s %s\n", $1, $2, $3, $4, $5 }' "$work/kept"
}
case $format in
	json | table) if [ -n "$output" ]; then $format > "$output"; else $format; fi ;;
	*) fatal "unknown format: $format" ;;
esac
if [ "$eosl" = true ] && [ "$exit_on_eol" != 0 ]; then exit "$exit_on_eol"; fi
if [ -s "$work/kept" ]; then exit "$exit_code"; fi
exit 0
