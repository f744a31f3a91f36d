# What tools/accuracy and tools/accuracy-documents share: sourced by both, which set all, sections, data, work, program.
# shellcheck shell=bash disable=SC2154

fail() { echo "${0##*/}: $*" >&2; exit 1; }

# measure NAME ARGUMENT…: the JSON of one command of the program, kept in $work/NAME.json.
measure() {
  local name=$1; shift
  echo "${0##*/}: mianqian $*" >&2
  "$program" "$@" --json >"$work/$name.json" 2>"$work/$name.log" ||
    fail "mianqian ${*:1:2} failed: $(tail -n 3 "$work/$name.log") $(head -c 300 "$work/$name.json")"
}

# What jq needs to write shares with their limits.
readonly HELP='
def digits($n): . as $x | if $x == 0 then "0" else
  (($n - 1 - ($x | fabs | log10 | floor)) | if . < 0 then 0 else . end) as $d | ($x * pow(10; $d) | round) / pow(10; $d) | tostring end;
def percent: if . == null then "–" else (. * 100 | digits(3)) + " %" end;
def limits: "\(.[0] | percent) … \(.[1] | percent)";
def share: if .of == 0 then "–" else "\(.value | percent) (\(.count) of \(.of))" end;
def people: if .people_bootstrap then .people_bootstrap | limits else "–" end;
def row: "| " + (map(tostring) | join(" | ")) + " |";
def table($head): ($head | row), ($head | map("---") | row), (.[] | row);
'
render() { jq -r "$HELP $2" "$work/$1.json"; }

stamp() {
  echo
  echo "*Measured $(date +%F) on $(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo | head -n 1), $(nproc) cores:" \
    "$(printf '`%s` ' "$@")*"
}

# The sections as they were last measured.
sections_text() {
  local section
  for section in "${all[@]}"; do
    [[ -s $work/$section.md ]] || fail "section $section was never measured: tools/${0##*/} $data $section"
    cat "$work/$section.md"
    echo
  done
}

# write_page FILE: measures the wanted sections and writes what page() prints.
write_page() {
  local section
  for section in "${sections[@]}"; do
    [[ " ${all[*]} " == *" $section "* ]] || fail "no section $section; there are: ${all[*]}"
    "$section" >"$work/part.md"
    mv "$work/part.md" "$work/$section.md"
  done
  page >"$work/page.md"
  mv "$work/page.md" "$1"
  echo "${0##*/}: $1 is written" >&2
}
