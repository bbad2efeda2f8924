//! What the kernel knows of processes.

use std::fs;
use std::time::Duration;

use super::number;

/// The kernel counts CPU time in hundredths of a second (`USER_HZ`, the same everywhere on Linux).
const TICK: Duration = Duration::from_millis(10);

/// A process by its number.
pub(crate) type Pid = u32;

/// The memory of some processes.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Memory {
    /// Resident, KiB. Pages that processes share are counted in each.
    pub(crate) rss: u64,
    /// Resident, KiB. A page that n processes share counts one n-th.
    pub(crate) pss: u64,
}

/// CPU time that these processes and all their children have used, those that ended included.
pub(crate) fn cpu(roots: &[Pid]) -> Duration {
    let ticks: u64 = roots.iter().map(|root| with_ended(*root) + children(*root)).sum();
    TICK * u32::try_from(ticks).unwrap_or(u32::MAX)
}

/// CPU time that the whole machine has spent at work.
pub(crate) fn machine() -> Duration {
    let stat = fs::read_to_string("/proc/stat").unwrap_or_default();
    // "cpu  user nice system idle iowait irq softirq steal …"
    let columns: Vec<u64> = numbers(stat.lines().next().unwrap_or_default()).take(8).collect();
    let busy: u64 = columns.iter().enumerate().filter(|(n, _)| !matches!(n, 3 | 4)).map(|(_, t)| *t).sum();
    TICK * u32::try_from(busy).unwrap_or(u32::MAX)
}

/// The memory of these processes, without children.
pub(crate) fn memory(pids: &[Pid]) -> Memory {
    let mut memory = Memory::default();
    for pid in pids {
        let rollup = fs::read_to_string(format!("/proc/{pid}/smaps_rollup")).unwrap_or_default();
        let field = |name: &str| {
            let line = rollup.lines().find_map(|line| line.strip_prefix(name));
            line.and_then(|rest| numbers(rest).next()).unwrap_or(0)
        };
        memory.rss += field("Rss:");
        memory.pss += field("Pss:");
    }
    memory
}

/// Ticks of one process and of those of its children that have ended.
fn with_ended(pid: Pid) -> u64 {
    stat(pid).iter().skip(10).take(4).sum()
}

/// Ticks of its children that live, themselves only: when they end the parent counts them.
fn children(parent: Pid) -> u64 {
    let tasks = fs::read_dir(format!("/proc/{parent}/task")).into_iter().flatten().flatten();
    let lists = tasks.filter_map(|task| fs::read_to_string(task.path().join("children")).ok());
    let pids = lists.flat_map(|list| numbers(&list).collect::<Vec<_>>());
    pids.filter_map(|pid| Pid::try_from(pid).ok()).map(|pid| with_ended(pid) + children(pid)).sum()
}

/// The numbers of /proc/PID/stat behind the name and the state: the 11th to 14th are user and system time, its own and
/// that of its ended children.
fn stat(pid: Pid) -> Vec<u64> {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
    // The name stands in brackets and may hold anything.
    let behind = stat.rsplit_once(") ").map_or("", |(_, behind)| behind);
    // One number that is negative would shift the others.
    behind.split_whitespace().skip(1).map(|word| word.parse().unwrap_or(0)).collect()
}

fn numbers(text: &str) -> impl Iterator<Item = u64> {
    text.split_whitespace().filter_map(|word| word.parse().ok())
}

/// CPU time that this process has used itself, to the nanosecond.
pub(crate) fn own() -> Duration {
    let used = rustix::time::clock_gettime(rustix::time::ClockId::ProcessCPUTime);
    let seconds = Duration::from_secs(u64::try_from(used.tv_sec).unwrap_or(0));
    seconds + Duration::from_nanos(u64::try_from(used.tv_nsec).unwrap_or(0))
}

/// A share of one core.
pub(crate) fn cores(used: Duration, elapsed: Duration) -> f64 {
    number::per(used.as_secs_f64(), elapsed.as_secs_f64())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_can_measure_oneself() {
        let (mine, machine_before) = ([std::process::id()], machine());
        let mut sum = 0_u64;
        while own() < Duration::from_millis(60) {
            sum = sum.wrapping_add(number::whole(stat(mine[0]).len()));
        }
        assert!(sum > 0 && cpu(&mine) >= Duration::from_millis(40), "{:?}", cpu(&mine));
        assert!(machine() > machine_before);
        let memory = memory(&mine);
        assert!(memory.rss >= memory.pss && memory.pss > 100, "{memory:?}");
    }
}
