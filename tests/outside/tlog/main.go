// Command tlog checks a ledger's proof with nothing but golang.org/x/mod/sumdb: signature, tree head, inclusion of an entry.
package main

import (
	"encoding/base64"
	"fmt"
	"os"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

func main() {
	if len(os.Args) != 4 {
		fail("usage: tlog KEY PROOF ENTRY")
	}
	key, proof, entry := strings.TrimSpace(read(os.Args[1])), read(os.Args[2]), read(os.Args[3])
	head, signed, found := strings.Cut(proof, "\n\n")
	lines := strings.Split(head, "\n")
	if !found || len(lines) < 2 || lines[0] != "c2sp.org/tlog-proof@v1" {
		fail("not a proof")
	}
	index, err := strconv.ParseInt(strings.TrimPrefix(lines[1], "index "), 10, 64)
	check(err)
	var path tlog.RecordProof
	for _, line := range lines[2:] {
		path = append(path, hash(line))
	}
	verifier, err := note.NewVerifier(key)
	check(err)
	opened, err := note.Open([]byte(signed), note.VerifierList(verifier))
	check(err)
	text := strings.Split(opened.Text, "\n")
	if len(text) != 4 || text[0] != verifier.Name() {
		fail("not a checkpoint of this ledger")
	}
	size, err := strconv.ParseInt(text[1], 10, 64)
	check(err)
	check(tlog.CheckRecord(path, size, hash(text[2]), index, tlog.RecordHash([]byte(entry))))
	fmt.Printf("entry %d of %d is under the checkpoint that %s signed\n", index, size, verifier.Name())
}

func hash(line string) (found tlog.Hash) {
	decoded, err := base64.StdEncoding.DecodeString(line)
	check(err)
	if copy(found[:], decoded) != len(found) || len(decoded) != len(found) {
		fail("not a hash")
	}
	return found
}

func read(name string) string {
	content, err := os.ReadFile(name)
	check(err)
	return string(content)
}

func check(err error) {
	if err != nil {
		fail(err.Error())
	}
}

func fail(why string) {
	fmt.Fprintln(os.Stderr, why)
	os.Exit(1)
}
