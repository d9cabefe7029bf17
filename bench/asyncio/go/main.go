// The Go peer: the work of runtime.py, goroutine for task and channel for queue, on one thread (GOMAXPROCS=1).
// Usage: asyncio CASE... or asyncio sleepers COUNT or asyncio echo PORT or asyncio tls PORT CERTIFICATE KEY;
// one JSON line a case.
package main

import (
	"fmt"
	"os"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"
)

const (
	longEnough  = 200 * time.Millisecond
	tasks       = 100
	gathered    = 1000
	timersATurn = 1000
)

func switches(turns int) int {
	var all sync.WaitGroup
	for i := 0; i < tasks; i++ {
		all.Add(1)
		go func() {
			for turn := 0; turn < turns; turn++ {
				runtime.Gosched()
			}
			all.Done()
		}()
	}
	all.Wait()
	return turns * tasks
}

// A goroutine has no handle to await: the channel that its end closes is one.
func spawn(count int) int {
	for i := 0; i < count; i++ {
		done := make(chan struct{})
		go func() { close(done) }()
		<-done
	}
	return count
}

func handOver(count, capacity int) int {
	queue := make(chan int, capacity)
	go func() {
		for i := 0; i < count; i++ {
			queue <- i
		}
	}()
	for i := 0; i < count; i++ {
		if <-queue != i {
			panic("out of order")
		}
	}
	return count
}

// A channel of one place is the lock that hands itself over in the order of arrival, as asyncio's does: sync.Mutex lets
// who holds the processor take it again. Each holds it for a turn of the others, who so get in line.
func lockHandOver(turns, contenders int) int {
	lock, last, handed := make(chan struct{}, 1), -1, 0
	var all sync.WaitGroup
	all.Add(contenders)
	for me := 0; me < contenders; me++ {
		me := me
		go func() {
			for turn := 0; turn < turns; turn++ {
				lock <- struct{}{}
				if last != me {
					handed++
				}
				last = me
				runtime.Gosched()
				<-lock
			}
			all.Done()
		}()
	}
	all.Wait()
	if handed < turns*contenders*9/10 {
		panic("not handed over")
	}
	return handed
}

func timer(count int) int {
	for i := 0; i < count; i++ {
		time.AfterFunc(time.Hour, func() {}).Stop()
		if i%timersATurn == 0 {
			runtime.Gosched()
		}
	}
	return count
}

func gather(count int) int {
	for i := 0; i < count; i++ {
		var all sync.WaitGroup
		all.Add(gathered)
		for task := 0; task < gathered; task++ {
			go all.Done()
		}
		all.Wait()
	}
	return count
}

func resident() int {
	text, err := os.ReadFile("/proc/self/statm")
	if err != nil {
		panic(err)
	}
	pages, err := strconv.Atoi(strings.Fields(string(text))[1])
	if err != nil {
		panic(err)
	}
	return pages * os.Getpagesize()
}

// Bytes of resident memory that one sleeping goroutine adds.
func sleepers(count int) float64 {
	var asleep sync.WaitGroup
	asleep.Add(count)
	before := resident()
	for i := 0; i < count; i++ {
		go func() {
			asleep.Done()
			time.Sleep(time.Hour)
		}()
	}
	asleep.Wait()
	runtime.Gosched()
	return float64(resident()-before) / float64(count)
}

// CPU time of the process, user and system.
func spent() time.Duration {
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
		panic(err)
	}
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
}

func measure(name string, work func(int) int) {
	for count := 2; ; count *= 2 {
		before, started := spent(), time.Now()
		operations := float64(work(count))
		took, wall := spent()-before, time.Since(started)
		if took >= longEnough {
			fmt.Printf("{\"case\": %q, \"ns\": %.3f, \"wall_ns\": %.3f}\n", name, float64(took.Nanoseconds())/operations,
				float64(wall.Nanoseconds())/operations)
			return
		}
	}
}

var cases = map[string]func(int) int{
	"switch":  switches,
	"spawn":   spawn,
	"queue1":  func(count int) int { return handOver(count, 1) },
	"queue64": func(count int) int { return handOver(count, 64) },
	"lock2":   func(turns int) int { return lockHandOver(turns, 2) },
	"lock100": func(turns int) int { return lockHandOver(turns, 100) },
	"timer":   timer,
	"gather":  gather,
	"group":   gather, // a WaitGroup is all there is
}

func main() {
	words := os.Args[1:]
	if len(words) == 2 && words[0] == "echo" {
		echo(words[1])
	}
	if len(words) == 4 && words[0] == "tls" {
		serveTLS(words[1], words[2], words[3])
	}
	if len(words) == 2 && words[0] == "sleepers" {
		count, err := strconv.Atoi(words[1])
		if err != nil {
			panic(err)
		}
		fmt.Printf("{\"case\": \"sleepers%d\", \"bytes\": %.1f}\n", count, sleepers(count))
		return
	}
	for _, name := range words {
		measure(name, cases[name])
	}
}
