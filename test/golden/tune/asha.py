"""Writes asha.json: what Optuna's SuccessiveHalvingPruner decides on 1,000 traces of trials that report
in mixed order. Traces are made of whole numbers by a generator that both sides have, so the file holds
the settings and the step each trial ended at (0: it ran to the end).
Debian: apt install python3-optuna; run: /usr/bin/python3 test/golden/tune/asha.py"""
import json
import os

import optuna

optuna.logging.set_verbosity(optuna.logging.ERROR)

class Generator:
    """Park and Miller's minimal standard: x <- 48271 x mod (2^31 - 1)."""
    def __init__(self, seed):
        self.x = seed + 1
    def below(self, n):
        self.x = self.x * 48271 % 2147483647
        return self.x % n

def trace(seed):
    g = Generator(seed)
    settings = {'eta': 2 + g.below(3), 'least': 1 + g.below(3), 'maximize': g.below(2), 'trials': 4 + g.below(14)}
    longest = settings['least'] * settings['eta'] ** 2 + g.below(6)
    pruner = optuna.pruners.SuccessiveHalvingPruner(
        min_resource=settings['least'], reduction_factor=settings['eta'])
    study = optuna.create_study(pruner=pruner, direction='maximize' if settings['maximize'] else 'minimize')
    running, steps, ended = [], {}, {}
    begun = 0
    while begun < settings['trials'] or running:
        if begun < settings['trials'] and (not running or g.below(3) == 0):
            running.append((begun, study.ask()))
            steps[begun] = 0
            begun += 1
            continue
        at = g.below(len(running))
        index, trial = running[at]
        steps[index] += 1
        draw = g.below(40)
        trial.report(float('nan') if draw == 0 else float(g.below(50)), steps[index])
        if trial.should_prune():
            study.tell(trial, state=optuna.trial.TrialState.PRUNED)
            ended[index] = steps[index]
            running.pop(at)
        elif steps[index] == longest:
            study.tell(trial, 0.0)
            ended[index] = 0
            running.pop(at)
    return {**settings, 'longest': longest, 'ended': [ended[i] for i in range(begun)]}

if __name__ == '__main__':
    traces = [trace(seed) for seed in range(1000)]
    path = os.path.join(os.path.dirname(os.path.abspath(__file__)), 'asha.json')
    with open(path, 'w') as out:
        rows = ',\n'.join(json.dumps([t['eta'], t['least'], t['maximize'], t['longest'], t['ended']],
                                     separators=(',', ':')) for t in traces)
        out.write('[\n' + rows + '\n]\n')
