//! Counting primes, by a sieve over the odd numbers.

/// The largest `n` that is taken: its sieve is 25 MB and takes a fraction of a second.
pub(crate) const N_MAX: u64 = 50_000_000;

/// How many primes there are up to and including `n`.
pub(crate) fn primes_up_to(n: u64) -> usize {
    assert!(
        n <= N_MAX,
        "the caller checks `n`, for it knows whom to tell"
    );
    if n < 2 {
        return 0;
    }
    // Place `i` stands for the odd number `2 i + 1`; place 0, the number 1, stands in for 2.
    let places = n.div_ceil(2) as usize;
    let mut composite = vec![false; places];
    for place in 1..places {
        let number = 2 * place + 1;
        let square = number * number / 2;
        if square >= places {
            break;
        }
        if !composite[place] {
            composite[square..]
                .iter_mut()
                .step_by(number)
                .for_each(|mark| *mark = true);
        }
    }
    composite.iter().filter(|mark| !**mark).count()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// By trial division, too slow for anything else.
    fn slowly(n: u64) -> usize {
        (2..=n)
            .filter(|candidate| (2..*candidate).all(|divisor| candidate % divisor != 0))
            .count()
    }

    #[test]
    fn small_counts_agree_with_trial_division() {
        for n in 0..=400 {
            assert_eq!(primes_up_to(n), slowly(n), "up to {n}");
        }
    }

    #[test]
    fn large_counts_are_the_known_ones() {
        // https://oeis.org/A006880
        assert_eq!(primes_up_to(100_000), 9_592);
        assert_eq!(primes_up_to(1_000_000), 78_498);
    }
}
