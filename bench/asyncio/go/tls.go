package main

import (
	"bufio"
	"crypto/tls"
	"net"
	"strconv"
	"strings"
)

const chunkSize = 64 * 1024

// One request a connection: "GET /N HTTP/1.0" is answered with a head and N zero bytes.
func answer(connection net.Conn) {
	defer connection.Close()
	request, err := bufio.NewReader(connection).ReadString('\n')
	if err != nil || !strings.HasPrefix(request, "GET /") {
		return
	}
	left, err := strconv.Atoi(strings.Fields(request[len("GET /"):])[0])
	if err != nil {
		return
	}
	connection.Write([]byte("HTTP/1.0 200 OK\r\n\r\n"))
	chunk := make([]byte, chunkSize)
	for ; left > 0 && err == nil; left -= chunkSize {
		_, err = connection.Write(chunk[:min(left, chunkSize)])
	}
}

func min(a, b int) int {
	if a < b {
		return a
	}
	return b
}

func serveTLS(port, certificate, key string) {
	pair, err := tls.LoadX509KeyPair(certificate, key)
	if err != nil {
		panic(err)
	}
	listener, err := tls.Listen("tcp", "127.0.0.1:"+port, &tls.Config{Certificates: []tls.Certificate{pair}})
	if err != nil {
		panic(err)
	}
	for {
		connection, err := listener.Accept()
		if err != nil {
			panic(err)
		}
		go answer(connection)
	}
}
