package main

import "net"

const readSize = 64 * 1024

// What comes is sent back, one goroutine a connection.
func echo(port string) {
	listener, err := net.Listen("tcp", "127.0.0.1:"+port)
	if err != nil {
		panic(err)
	}
	for {
		connection, err := listener.Accept()
		if err != nil {
			panic(err)
		}
		go func() {
			defer connection.Close()
			buffer := make([]byte, readSize)
			for {
				got, err := connection.Read(buffer)
				if err != nil {
					return
				}
				if _, err := connection.Write(buffer[:got]); err != nil {
					return
				}
			}
		}()
	}
}
