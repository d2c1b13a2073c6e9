#!/bin/sh
# Makes the files the tests read, as LibreOffice saves them (7.4 was used).
# Run it in this folder after changing book.fods or people.csv.
set -eu
cd "$(dirname "$0")"
profile=$(mktemp -d)
convert() { # filter, source, result
	soffice -env:UserInstallation="file://$profile" --headless ${4:+"$4"} --convert-to "$1" --outdir "$profile/out" "$2" >/dev/null 2>&1
	mv "$profile/out/$(basename "${2%.*}").${1%%:*}" "$3"
}
utf8='--infilter=Text - txt - csv (StarCalc):44,34,76,1,1/2/2/2/3/2/4/2'
convert xlsx book.fods book.xlsx
convert xls book.fods book.xls
convert ods book.fods book.ods
convert pdf book.fods book.pdf
# Field separator, quote, character set (1 Windows-1252, 76 UTF-8, 65535 UTF-16), first line.
convert 'csv:Text - txt - csv (StarCalc):59,34,1,1' people.csv windows-1252-semicolon.csv "$utf8"
convert 'csv:Text - txt - csv (StarCalc):9,34,65535,1' people.csv utf-16-tab.csv "$utf8"
convert 'csv:Text - txt - csv (StarCalc):44,34,76,1' people.csv utf-8-comma.csv "$utf8"
rm -r "$profile"
