// Go: bench ROW N prints what it gave, and the CPU and wall time it took, as JSON. One thread runs the goroutines, as in
// JavaScript.
package main

import (
	"fmt"
	"os"
	"reflect"
	"runtime"
	"strconv"
	"sync"
	"syscall"
	"time"
)

func produce(numbers chan<- int, from, to int) {
	for i := from; i < to; i++ {
		numbers <- i
	}
}

func consume(numbers <-chan int, n int) int {
	sum := 0
	for i := 0; i < n; i++ {
		sum += <-numbers
	}
	return sum
}

func plusOne(source <-chan int, target chan<- int, n int) {
	for i := 0; i < n; i++ {
		target <- <-source + 1
	}
}

func item(n int) int {
	numbers := make(chan int, 128)
	go produce(numbers, 0, n)
	return consume(numbers, n)
}

func fourToFour(n int) int {
	numbers := make(chan int, 64)
	parts := make(chan int)
	share := n / 4
	for i := 0; i < 4; i++ {
		go produce(numbers, i*share, (i+1)*share)
		go func() { parts <- consume(numbers, share) }()
	}
	return consume(parts, 4)
}

func roundTrip(n int) int {
	there, back := make(chan int), make(chan int)
	go plusOne(there, back, n)
	sum := 0
	for i := 0; i < n; i++ {
		there <- i
		sum += <-back
	}
	return sum
}

func selectFour(n int) int {
	var channels [4]chan int
	share := n / 4
	for i := range channels {
		channels[i] = make(chan int, 64)
		go produce(channels[i], i*share, (i+1)*share)
	}
	sum := 0
	for i := 0; i < n; i++ {
		select {
		case number := <-channels[0]:
			sum += number
		case number := <-channels[1]:
			sum += number
		case number := <-channels[2]:
			sum += number
		case number := <-channels[3]:
			sum += number
		}
	}
	return sum
}

func mergeSelect(n int) int {
	hot := make(chan int, 128)
	cases := make([]reflect.SelectCase, 0, 65)
	for i := 0; i < 64; i++ {
		idle := make(chan int, 128)
		cases = append(cases, reflect.SelectCase{Dir: reflect.SelectRecv, Chan: reflect.ValueOf(idle)})
	}
	cases = append(cases, reflect.SelectCase{Dir: reflect.SelectRecv, Chan: reflect.ValueOf(hot)})
	go produce(hot, 0, n)
	sum := 0
	for i := 0; i < n; i++ {
		_, number, _ := reflect.Select(cases)
		sum += int(number.Int())
	}
	return sum
}

func spawn(n int) int {
	sum := 0
	for i := 0; i < n; i++ {
		done := make(chan int)
		go func() { done <- 1 }()
		sum += <-done
	}
	return sum
}

func sieve(n int) int {
	numbers := make(chan int)
	go func(numbers chan<- int) {
		for i := 2; ; i++ {
			numbers <- i
		}
	}(numbers)
	prime := 0
	for i := 0; i < n; i++ {
		prime = <-numbers
		target := make(chan int)
		go func(source <-chan int, target chan<- int, prime int) {
			for {
				number := <-source
				if number%prime != 0 {
					target <- number
				}
			}
		}(numbers, target, prime)
		numbers = target
	}
	return prime
}

func mapStages(n int) int {
	var line [4]chan int
	for i := range line {
		line[i] = make(chan int, 64)
	}
	go produce(line[0], 0, n)
	for i := 0; i < 3; i++ {
		go plusOne(line[i], line[i+1], n)
	}
	return consume(line[3], n)
}

// Sixteen workers, each of which gives way once for each job.
func pool(n int) int {
	jobs := make(chan int, 16)
	parts := make(chan int, 16)
	var workers sync.WaitGroup
	for i := 0; i < 16; i++ {
		workers.Add(1)
		go func() {
			defer workers.Done()
			sum := 0
			for job := range jobs {
				runtime.Gosched()
				sum += job
			}
			parts <- sum
		}()
	}
	produce(jobs, 0, n)
	close(jobs)
	workers.Wait()
	return consume(parts, 16)
}

// A goroutine that owns the state; 100 readers and 10 writers.
func stateOwner(n int) int {
	type request struct {
		write bool
		reply chan int
	}
	requests := make(chan request)
	go func() {
		state := 0
		for request := range requests {
			if request.write {
				state++
			}
			request.reply <- state
		}
	}()
	var clients sync.WaitGroup
	for i := 0; i < 110; i++ {
		clients.Add(1)
		go func(write bool) {
			defer clients.Done()
			reply := make(chan int)
			for j := 0; j < n/110; j++ {
				requests <- request{write, reply}
				<-reply
			}
		}(i >= 100)
	}
	clients.Wait()
	reply := make(chan int)
	requests <- request{false, reply}
	close(requests)
	return <-reply * 11
}

// Bytes for each of n goroutines that wait to receive.
func blocked(n int) int {
	numbers := make(chan int)
	before := memory()
	for i := 0; i < n; i++ {
		go consume(numbers, 1)
	}
	runtime.Gosched()
	return int(memory()-before) / n
}

func memory() uint64 {
	runtime.GC()
	var stats runtime.MemStats
	runtime.ReadMemStats(&stats)
	return stats.HeapInuse + stats.StackInuse
}

var rows = map[string]func(int) int{
	"item":         item,
	"four-to-four": fourToFour,
	"round-trip":   roundTrip,
	"select":       selectFour,
	"merge-select": mergeSelect,
	"spawn":        spawn,
	"sieve":        sieve,
	"map-stages":   mapStages,
	"pool":         pool,
	"state-owner":  stateOwner,
	"blocked":      blocked,
}

func cpu() int64 {
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
		panic(err)
	}
	return usage.Utime.Nano() + usage.Stime.Nano()
}

func main() {
	runtime.GOMAXPROCS(1)
	n, err := strconv.Atoi(os.Args[2])
	if err != nil {
		panic(err)
	}
	run := rows[os.Args[1]]
	cpuBefore, wallBefore := cpu(), time.Now()
	got := run(n)
	fmt.Printf("{\"got\":%d,\"cpu\":%d,\"wall\":%d}\n", got, cpu()-cpuBefore, time.Since(wallBefore).Nanoseconds())
}
