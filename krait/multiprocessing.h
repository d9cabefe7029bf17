#pragma once
// Python: multiprocessing
