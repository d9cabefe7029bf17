// The Go peer: net/http and encoding/json as the standard library has them. Usage: http PORT
package main

import (
	"encoding/json"
	"io"
	"log"
	"net/http"
	"os"
	"strconv"
	"strings"
)

type message struct {
	Message string `json:"message"`
}

type item struct {
	ItemID int     `json:"item_id"`
	Q      *string `json:"q"`
}

// Pointers tell a field that is missing from one that is empty.
type product struct {
	Name        *string  `json:"name"`
	Price       *float64 `json:"price"`
	Description *string  `json:"description"`
	Tax         *float64 `json:"tax"`
}

func answer(w http.ResponseWriter, value any) {
	body, err := json.Marshal(value)
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	w.Write(body)
}

func refuse(w http.ResponseWriter, why string) {
	http.Error(w, why, http.StatusUnprocessableEntity)
}

func readItem(w http.ResponseWriter, r *http.Request) {
	id, err := strconv.Atoi(strings.TrimPrefix(r.URL.Path, "/items/"))
	if err != nil {
		refuse(w, "item_id: not an integer")
		return
	}
	var q *string
	if values, ok := r.URL.Query()["q"]; ok {
		q = &values[0]
	}
	answer(w, item{id, q})
}

func createItem(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodPost {
		http.Error(w, "Method Not Allowed", http.StatusMethodNotAllowed)
		return
	}
	var got product
	if err := json.NewDecoder(r.Body).Decode(&got); err != nil {
		refuse(w, err.Error())
		return
	}
	if got.Name == nil || got.Price == nil {
		refuse(w, "item: a field is missing")
		return
	}
	answer(w, got)
}

func main() {
	mux := http.NewServeMux()
	mux.HandleFunc("/plaintext", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/plain")
		io.WriteString(w, "Hello, World!")
	})
	mux.HandleFunc("/json", func(w http.ResponseWriter, r *http.Request) {
		answer(w, message{"Hello, World!"})
	})
	mux.HandleFunc("/items/", readItem)
	mux.HandleFunc("/items", createItem)
	log.Fatal(http.ListenAndServe("127.0.0.1:"+os.Args[1], mux))
}
