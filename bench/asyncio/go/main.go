// The Go peer: the work of runtime.py, goroutine for task and channel for queue, on one thread (GOMAXPROCS=1).
// Usage: asyncio CASE... or asyncio sleepers COUNT; one JSON line a case.
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

func measure(work func(int) int) float64 {
	for count := 2; ; count *= 2 {
		before := spent()
		operations := work(count)
		if took := spent() - before; took >= longEnough {
			return float64(took.Nanoseconds()) / float64(operations)
		}
	}
}

var cases = map[string]func(int) int{
	"switch":  switches,
	"spawn":   spawn,
	"queue1":  func(count int) int { return handOver(count, 1) },
	"queue64": func(count int) int { return handOver(count, 64) },
	"timer":   timer,
	"gather":  gather,
}

func main() {
	words := os.Args[1:]
	if len(words) == 2 && words[0] == "sleepers" {
		count, err := strconv.Atoi(words[1])
		if err != nil {
			panic(err)
		}
		fmt.Printf("{\"case\": \"sleepers%d\", \"bytes\": %.1f}\n", count, sleepers(count))
		return
	}
	for _, name := range words {
		fmt.Printf("{\"case\": %q, \"ns\": %.3f}\n", name, measure(cases[name]))
	}
}
