// Starts FerretDB, which speaks MongoDB's protocol, on loopback over a folder of SQLite files, until it is killed: the server that the tests of the log
// store run against.
package main

import (
	"context"
	"flag"
	"fmt"
	"log/slog"
	"os"

	"github.com/FerretDB/FerretDB/ferretdb"
)

func main() {
	address := flag.String("listen", "127.0.0.1:27017", "address and port")
	folder := flag.String("data", ".", "folder that is there, for the SQLite files")
	version := flag.Bool("version", false, "only say that this is it")
	flag.Parse()
	if *version {
		fmt.Println("FerretDB v1.24.0")
		return
	}
	server, err := ferretdb.New(&ferretdb.Config{
		Listener:  ferretdb.ListenerConfig{TCP: *address},
		Logger:    slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelError})),
		Handler:   "sqlite",
		SQLiteURL: "file:" + *folder + "/",
	})
	if err == nil {
		err = server.Run(context.Background())
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
