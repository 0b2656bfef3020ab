"""Writes tpe.json: the regret of Optuna's TPE (defaults) after 60 trials, 10 functions x 50 seeds.
Debian: apt install python3-optuna; run: /usr/bin/python3 test/golden/tune/tpe.py"""
import json
import os

import optuna
from functions import FUNCTIONS

SEEDS, TRIALS = 50, 60
optuna.logging.set_verbosity(optuna.logging.ERROR)

def regret(bounds, function, lowest, seed):
    def objective(trial):
        return function([trial.suggest_float(f'x{i}', low, high) for i, (low, high) in enumerate(bounds)])
    study = optuna.create_study(sampler=optuna.samplers.TPESampler(seed=seed))
    study.optimize(objective, n_trials=TRIALS)
    return study.best_value - lowest

if __name__ == '__main__':
    table = {}
    for name, (bounds, function, lowest) in FUNCTIONS.items():
        table[name] = [float(f'{regret(bounds, function, lowest, s):.6g}') for s in range(SEEDS)]
        print(name, sorted(table[name])[SEEDS // 2], flush=True)
    path = os.path.join(os.path.dirname(os.path.abspath(__file__)), 'tpe.json')
    with open(path, 'w') as out:
        json.dump({'optuna': optuna.__version__, 'trials': TRIALS, 'regret': table}, out)
        out.write('\n')
