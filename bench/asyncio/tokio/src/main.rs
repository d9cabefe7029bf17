// The tokio peer: the work of runtime.py, a spawned task for a task, on tokio's scheduler of one thread.
// Usage: asyncio CASE... or asyncio sleepers COUNT or asyncio echo PORT; one JSON line a case.
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::sync::{mpsc, Mutex};
use tokio::task::{spawn, spawn_blocking, yield_now, JoinSet};

mod echo;

const LONG_ENOUGH: Duration = Duration::from_millis(200);
const TASKS: u64 = 100;
const GATHERED: u64 = 1000;
const TIMERS_A_TURN: u64 = 1000;
const HOUR: Duration = Duration::from_secs(3600);

async fn nothing() {}

async fn switches(turns: u64) -> u64 {
    let give_way = || async move {
        for _ in 0..turns {
            yield_now().await;
        }
    };
    let tasks: Vec<_> = (0..TASKS).map(|_| spawn(give_way())).collect();
    for task in tasks {
        task.await.unwrap();
    }
    turns * TASKS
}

async fn spawns(count: u64) -> u64 {
    for _ in 0..count {
        spawn(nothing()).await.unwrap();
    }
    count
}

async fn hand_over(count: u64, capacity: usize) -> u64 {
    let (into, mut queue) = mpsc::channel(capacity);
    let producer = spawn(async move {
        for number in 0..count {
            into.send(number).await.unwrap();
        }
    });
    for number in 0..count {
        assert_eq!(queue.recv().await, Some(number));
    }
    producer.await.unwrap();
    count
}

// Each holds the lock for a turn of the others, who so get in line: it goes from hand to hand.
async fn lock_hand_over(turns: u64, tasks: u64) -> u64 {
    let lock = Arc::new(Mutex::new((tasks, 0)));
    let mut contenders = JoinSet::new();
    for me in 0..tasks {
        let lock = lock.clone();
        contenders.spawn(async move {
            for _ in 0..turns {
                let mut it = lock.lock().await;
                it.1 += u64::from(it.0 != me);
                it.0 = me;
                yield_now().await;
            }
        });
    }
    while let Some(contender) = contenders.join_next().await {
        contender.unwrap();
    }
    let handed = lock.lock().await.1;
    assert!(handed >= turns * tasks * 9 / 10);
    handed
}

// A Sleep enters the timer wheel when it is first polled and leaves it when it is dropped.
async fn timer(count: u64) -> u64 {
    for number in 0..count {
        let mut sleep = Box::pin(tokio::time::sleep(HOUR));
        std::future::poll_fn(|context| {
            assert!(sleep.as_mut().poll(context).is_pending());
            std::task::Poll::Ready(())
        })
        .await;
        drop(sleep);
        if number % TIMERS_A_TURN == 0 {
            yield_now().await;
        }
    }
    count
}

async fn gather(count: u64) -> u64 {
    for _ in 0..count {
        let tasks: Vec<_> = (0..GATHERED).map(|_| spawn(nothing())).collect();
        for task in tasks {
            task.await.unwrap();
        }
    }
    count
}

async fn group(count: u64) -> u64 {
    for _ in 0..count {
        let mut group = JoinSet::new();
        for _ in 0..GATHERED {
            group.spawn(nothing());
        }
        while let Some(ended) = group.join_next().await {
            ended.unwrap();
        }
    }
    count
}

async fn executor(count: u64) -> u64 {
    for number in 0..count {
        assert_eq!(spawn_blocking(move || number).await.unwrap(), number);
    }
    count
}

fn resident() -> u64 {
    let statm = std::fs::read_to_string("/proc/self/statm").unwrap();
    statm.split(' ').nth(1).unwrap().parse::<u64>().unwrap() * 4096
}

// Bytes of resident memory that one sleeping task adds.
async fn sleepers(count: u64) -> f64 {
    let before = resident();
    for _ in 0..count {
        spawn(tokio::time::sleep(HOUR));
    }
    yield_now().await;
    yield_now().await;
    (resident() - before) as f64 / count as f64
}

// CPU time of the process, user and system, of all its threads.
fn spent() -> Duration {
    let mut now = libc::timespec {
        tv_sec: 0,
        tv_nsec: 0,
    };
    // SAFETY: it writes into `now`, and nothing else.
    unsafe { libc::clock_gettime(libc::CLOCK_PROCESS_CPUTIME_ID, &mut now) };
    Duration::new(now.tv_sec as u64, now.tv_nsec as u32)
}

type Work = Pin<Box<dyn Future<Output = u64>>>;

fn work(case: &str, count: u64) -> Option<Work> {
    Some(match case {
        "switch" => Box::pin(switches(count)),
        "spawn" => Box::pin(spawns(count)),
        "queue1" => Box::pin(hand_over(count, 1)),
        "queue64" => Box::pin(hand_over(count, 64)),
        "lock2" => Box::pin(lock_hand_over(count, 2)),
        "lock100" => Box::pin(lock_hand_over(count, 100)),
        "timer" => Box::pin(timer(count)),
        "gather" => Box::pin(gather(count)),
        "group" => Box::pin(group(count)),
        "executor" => Box::pin(executor(count)),
        _ => return None,
    })
}

fn main() {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    if words.len() == 2 && words[0] == "echo" {
        runtime.block_on(echo::serve(words[1].parse().unwrap()));
    }
    if words.len() == 2 && words[0] == "sleepers" {
        let bytes = runtime.block_on(sleepers(words[1].parse().unwrap()));
        println!(
            "{{\"case\": \"sleepers{}\", \"bytes\": {bytes:.1}}}",
            words[1]
        );
        return;
    }
    for case in words {
        let mut count = 1;
        loop {
            count *= 2;
            let work = work(&case, count).expect("no such case");
            let (before, started) = (spent(), Instant::now());
            let operations = runtime.block_on(work) as f64;
            let (took, wall) = (spent() - before, started.elapsed());
            if took >= LONG_ENOUGH {
                let a = |time: Duration| time.as_nanos() as f64 / operations;
                println!(
                    "{{\"case\": \"{case}\", \"ns\": {:.3}, \"wall_ns\": {:.3}}}",
                    a(took),
                    a(wall)
                );
                break;
            }
        }
    }
}
